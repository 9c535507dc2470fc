// ftp register, passwd, quota, unregister, who, kick and top against the server.

import assert from "node:assert/strict";
import * as passwd from "../../client/commands/passwd.ts";
import { presenceCommand } from "../../client/commands/presence.ts";
import * as quota from "../../client/commands/quota.ts";
import * as register from "../../client/commands/register.ts";
import * as unregister from "../../client/commands/unregister.ts";
import { LOCAL_PRESENCE } from "../../server/presence.ts";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { accountsFile } from "../../server/data_directory.ts";
import { ExitCode } from "../../shared/exit_code.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { ControlLine } from "../support/control_line.ts";
import { InProcessServer, PASSWORD, READER, USER } from "../support/in_process_server.ts";

const MODULES = {
  register,
  passwd,
  quota,
  unregister,
  who: presenceCommand("who", () => Promise.resolve(LOCAL_PRESENCE)),
  kick: presenceCommand("kick", () => Promise.resolve(LOCAL_PRESENCE)),
  top: presenceCommand("top", () => Promise.resolve(LOCAL_PRESENCE)),
};

/** Runs a command with a server's address, as NAME. */
function at(server: InProcessServer, name: string) {
  return (
    command: keyof typeof MODULES,
    args: readonly string[] = [],
    given: { readonly password?: string; readonly stdin?: string } = {},
  ) => {
    const env: Record<string, string> = given.password ? { FTP_PASSWORD: given.password } : {};
    const address = `${name}@127.0.0.1:${server.port}`;
    const before = command === "kick" ? args : [];
    const after = command === "kick" ? [] : args;
    return runInProcess(
      MODULES[command],
      [command, ...before, address, "--insecure", ...after],
      { env, ...(given.stdin === undefined ? {} : { stdin: given.stdin }) },
    );
  };
}

Deno.test("an account's life: registered, its quota seen, its password changed, ended", async () => {
  await using server = await InProcessServer.start({
    settings: { registration: "open", defaultQuotaBytes: 3 * 1024 * 1024 },
  });
  const ftp = at(server, "carol");
  const label = `127.0.0.1:${server.port}`;
  const made = await ftp("register", [], { password: "first one" });
  assert.deepEqual(made, {
    code: ExitCode.done,
    stdout: `registered "carol" at ${label}\n`,
    stderr: "",
  });
  const again = await ftp("register", [], { password: "first one" });
  assert.equal(again.code, ExitCode.failed);
  assert.match(again.stderr, /550 That name exists already/);
  const used = await ftp("quota", [], { password: "first one" });
  assert.equal(used.stdout, "0 of 3.00M (0%) in 0 files\n");
  const changed = await ftp("passwd", ["--password-stdin"], { stdin: "first one\nsecond\n" });
  assert.equal(changed.stdout, `changed the password of "carol" at ${label}\n`);
  assert.equal((await ftp("quota", [], { password: "first one" })).code, ExitCode.loginRefused);
  const record = await ftp("quota", ["--json"], { password: "second" });
  assert.deepEqual(JSON.parse(record.stdout), {
    limited: true,
    used_bytes: 0,
    limit_bytes: 3 * 1024 * 1024,
    used_files: 0,
    limit_files: null,
  });
  const unsure = await ftp("unregister", [], { password: "second" });
  assert.equal(unsure.code, ExitCode.usage);
  const ended = await ftp("unregister", ["--yes", "--purge"], { password: "second" });
  assert.deepEqual([ended.code, ended.stderr], [ExitCode.done, ""]);
  assert.equal((await ftp("quota", [], { password: "second" })).code, ExitCode.loginRefused);
});

Deno.test("where invites are wanted, one opens the door", async () => {
  await using server = await InProcessServer.start({ settings: { registration: "invite" } });
  using store = SqliteAccounts.open(accountsFile(server.home));
  const terms = { uses: 1, untilMs: Date.now() + 60_000, quotaBytes: undefined };
  const code = (await store.invite(terms)).reveal();
  const ftp = at(server, "carol");
  assert.equal((await ftp("register", [], { password: "x" })).code, ExitCode.loginRefused);
  const made = await ftp("register", ["--invite", code], { password: "x" });
  assert.equal(made.code, ExitCode.done);
});

Deno.test("without a terminal nothing is asked: a missing password is told", async () => {
  await using server = await InProcessServer.start({ settings: { registration: "open" } });
  const made = await at(server, "carol")("register");
  assert.equal(made.code, ExitCode.usage);
  assert.match(made.stderr, /FTP_PASSWORD or --password-stdin can tell it/);
});

Deno.test("a password does not go out in clear to another machine", async () => {
  // The server's TLS is off, and its name is not this machine's.
  await using server = await InProcessServer.start({
    settings: { registration: "open", tls: "off" },
  });
  const { demandPrivacy } = await import("../../client/operations/membership.ts");
  const { connect } = await import("../../client/connect.ts");
  const trust = { kind: "anything" } as const;
  await using client = await connect({ host: "127.0.0.1", port: server.port, tls: "auto", trust });
  demandPrivacy(client, "register");
  const elsewhere = Object.create(client, {
    host: { value: "192.0.2.1" },
    secure: { value: false },
  });
  assert.throws(() => demandPrivacy(elsewhere, "register"), /not protected/);
});

Deno.test("who is there is told at the data directory and, to administrators, over the wire", async () => {
  await using server = await InProcessServer.start();
  using store = SqliteAccounts.open(accountsFile(server.home));
  using reader = await ControlLine.open(server.port);
  await reader.say(`USER ${READER}`, 331);
  await reader.say(`PASS ${PASSWORD}`, 230);
  const ftp = at(server, USER);
  const refused = await ftp("who", [], { password: PASSWORD });
  assert.equal(refused.code, ExitCode.notAllowed);
  await store.update(USER, { admin: true });
  const told = await ftp("who", [], { password: PASSWORD });
  assert.match(told.stdout, /^ID +USER +ADDRESS/);
  assert.match(told.stdout, /\n[0-9a-f]{8} +reader +127\.0\.0\.1/);
  const local = await runInProcess(MODULES.who, ["who", "--home", server.home, "--json"]);
  const records = local.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const { id, ...rest } = records.find(({ user }) => user === READER);
  assert.deepEqual([rest.address, rest.verb, rest.rate], ["127.0.0.1", null, null]);
  const screen = await runInProcess(MODULES.top, ["top", "--home", server.home, "--once"]);
  assert.match(screen.stdout, /sessions \d+ +transfers 0\n/);
  const noTerminal = await runInProcess(MODULES.top, ["top", "--home", server.home]);
  assert.equal(noTerminal.code, ExitCode.usage);
  const kicked = await runInProcess(MODULES.kick, ["kick", id, "--home", server.home]);
  assert.equal(kicked.stdout, `session ${id} ends\n`);
  assert.equal(await reader.reply(), 421);
  const nobody = await ftp("kick", ["nobody"], { password: PASSWORD });
  assert.equal(nobody.code, ExitCode.notThere);
});
