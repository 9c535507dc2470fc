// Logins: which source wins, which password goes where, and a .netrc that others can read.

import assert from "node:assert/strict";
import { join } from "node:path";
import * as lsCommand from "../../client/commands/ls.ts";
import { reach } from "../../client/destination.ts";
import { parseAddress } from "../../client/address.ts";
import type { ConnectionFlags } from "../../client/connection_flags.ts";
import { knownLogin } from "../../client/credentials.ts";
import { Secret } from "../../shared/secret.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { InProcessServer } from "../support/in_process_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

interface Row {
  readonly title: string;
  readonly address: string;
  readonly flags?: Partial<ConnectionFlags>;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly netrc?: string;
  /** `user/password`; `-` for what is not known. */
  readonly login: string;
}

const ROWS: readonly Row[] = [
  { title: "nothing is known", address: "h", login: "-/-" },
  {
    title: "a flag is before the address, the address before the environment",
    address: "a:ap@h",
    flags: { user: "f", password: new Secret("fp") },
    env: { FTP_USER: "e", FTP_PASSWORD: "ep" },
    login: "f/fp",
  },
  {
    title: "the address is before the environment",
    address: "a:ap@h",
    env: { FTP_USER: "e", FTP_PASSWORD: "ep" },
    login: "a/ap",
  },
  {
    title: "the address's password is not for the user of -u",
    address: "a:ap@h",
    flags: { user: "f" },
    login: "f/-",
  },
  {
    title: "the environment is before .netrc",
    address: "h",
    env: { FTP_USER: "e", FTP_PASSWORD: "ep" },
    netrc: "machine h login n password np",
    login: "e/ep",
  },
  {
    title: "the environment's password is not for another user than its own",
    address: "a@h",
    env: { FTP_USER: "e", FTP_PASSWORD: "ep" },
    login: "a/-",
  },
  {
    title: "the environment's password without a user is for any",
    address: "a@h",
    env: { FTP_PASSWORD: "ep" },
    login: "a/ep",
  },
  {
    title: "the environment's login is not for another server than its own",
    address: "h",
    env: { FTP_SERVER: "other.example", FTP_USER: "e", FTP_PASSWORD: "ep" },
    login: "-/-",
  },
  {
    title: "the environment's login is not for another port of its server's machine",
    address: "h:2121",
    env: { FTP_SERVER: "ftps://h", FTP_USER: "e", FTP_PASSWORD: "ep" },
    login: "-/-",
  },
  {
    title: "standard input is before everything",
    address: "a:ap@h",
    stdin: "sp",
    env: { FTP_PASSWORD: "ep" },
    login: "a/sp",
  },
  {
    title: ".netrc knows both",
    address: "h",
    netrc: "machine x login x password x\nmachine h login n password np",
    login: "n/np",
  },
  {
    title: ".netrc gives the password of the user who was named",
    address: "m@h",
    netrc: "machine h login n password np\nmachine h login m password mp",
    login: "m/mp",
  },
  {
    title: "a guest needs no password from anywhere",
    address: "anonymous@h",
    netrc: "default login anonymous password mine@example.org",
    login: "anonymous/-",
  },
];

for (
  const [address, flags, server, login] of [
    ["h", {}, "h", "e/ep"],
    ["h:21", {}, "h", "e/ep"],
    ["h:2121", {}, "h:2121", "e/ep"],
    ["h:2222", {}, "h", "-/-"],
    ["h", {}, "h:2121", "-/-"],
    ["ftps://h", {}, "h", "-/-"],
    ["ftps://h", {}, "ftps://h", "e/ep"],
    // The port that the command line tells is that of the server of the environment, too.
    ["h", { port: 2121 }, "h", "e/ep"],
    ["h", { tls: "implicit" }, "h", "e/ep"],
    ["other", {}, "h", "-/-"],
  ] as const
) {
  Deno.test(`a login: the environment's for ${server} at ${address} ${JSON.stringify(flags)} is ${login}`, async () => {
    const env = { FTP_SERVER: server, FTP_USER: "e", FTP_PASSWORD: "ep" };
    assert.equal(await find(address, flags, undefined, env), login);
  });
}

for (const { title, address, flags = {}, stdin, env = {}, netrc, login } of ROWS) {
  Deno.test(`a login: ${title}`, async () => {
    await using home = await temporaryDirectory();
    if (netrc !== undefined) {
      await Deno.writeTextFile(join(home.path, ".netrc"), netrc, { mode: 0o600 });
    }
    assert.equal(await find(address, flags, stdin, { ...env, HOME: home.path }), login);
  });
}

Deno.test("a .netrc that others can read is refused, but only when its password is wanted", async () => {
  await using home = await temporaryDirectory();
  const netrc = join(home.path, ".netrc");
  await Deno.writeTextFile(netrc, "machine h login n password np");
  const env = { HOME: home.path };
  for (const mode of [0o640, 0o604, 0o644, 0o620]) {
    await Deno.chmod(netrc, mode);
    await assert.rejects(find("h", {}, undefined, env), (error) => {
      assert.ok(error instanceof CommandFailure);
      assert.equal(error.exitCode, ExitCode.loginRefused);
      assert.match(error.hint ?? "", /^chmod 600 ".*\.netrc"$/);
      return true;
    });
  }
  assert.equal(await find("other", {}, undefined, env), "-/-");
  assert.equal(await find("h", { user: "x" }, "sp", env), "x/sp");
});

Deno.test("a password that nobody is named for is not spent on a guest; without one a guest comes in", async () => {
  await using server = await InProcessServer.start({ settings: { anonymous: "read" } });
  await using home = await temporaryDirectory();
  const args = ["ls", `ftp://127.0.0.1:${server.port}/`, "--tls", "off"];
  const env = { HOME: home.path };
  const given = await runInProcess(lsCommand, args, { env: { ...env, FTP_PASSWORD: "secret" } });
  assert.equal(given.code, ExitCode.loginRefused);
  assert.match(given.stderr, /a password was given, but no user name/);
  const guest = await runInProcess(lsCommand, args, { env });
  assert.deepEqual([guest.code, guest.stderr], [ExitCode.done, ""]);
});

async function find(
  text: string,
  flags: Partial<ConnectionFlags>,
  stdin: string | undefined,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const address = parseAddress(text);
  assert.ok(address.ok);
  const all: ConnectionFlags = { color: true, ...flags };
  const { user, password } = await knownLogin(reach(address.value, all, env), {
    flags: all,
    env,
    stdinPassword: stdin === undefined ? undefined : new Secret(stdin),
  });
  return `${user ?? "-"}/${password?.reveal() ?? "-"}`;
}
