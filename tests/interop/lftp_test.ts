// lftp against the real server: mirrors a tree up and down over TLS.

import assert from "node:assert/strict";
import { digestTree, noise, sha256, writeTree } from "../support/file_tree.ts";
import { runWell } from "../support/program.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const USERS = { ada: "difference engine" };
const SETTINGS = [
  "ftp:ssl-force true",
  "ftp:ssl-protect-data true",
  "ftp:ssl-protect-list true",
  "ssl:verify-certificate false",
  // A transfer that fails once has failed: nothing is carried on in silence.
  "net:max-retries 1",
  "net:timeout 10",
  "cmd:fail-exit true",
  "xfer:log false",
];

/** Runs lftp commands in a session with the server; lftp reads no file of the person's own. */
async function lftp(server: ServerProcess, home: string, ...commands: string[]): Promise<string> {
  const script = [
    ...SETTINGS.map((each) => `set ${each}`),
    `open -u ada,"${USERS.ada}" ftp://${server.address}`,
    ...commands,
  ].join("\n");
  const env = { HOME: home, LFTP_HOME: home, LANG: "C.UTF-8", LC_ALL: "C.UTF-8" };
  return await runWell("lftp", ["--norc"], { stdin: script + "\n", env });
}

Deno.test("lftp mirrors a tree of 100 files with all sorts of names up and down over TLS", async () => {
  await using server = await startServer({ users: USERS });
  await using local = await temporaryDirectory();
  await using settings = await temporaryDirectory();
  const sent = await writeTree(`${local.path}/up`, 100);
  await lftp(server, settings.path, `mirror -R --parallel=4 "${local.path}/up" tree`);
  assert.deepEqual(await digestTree(`${server.home}/ada/tree`), sent);
  await lftp(server, settings.path, `mirror --parallel=4 tree "${local.path}/down"`);
  assert.deepEqual(await digestTree(`${local.path}/down`), sent);
});

Deno.test("lftp finds nothing left to do when it mirrors a tree again", async () => {
  await using server = await startServer({ users: USERS });
  await using local = await temporaryDirectory();
  await using settings = await temporaryDirectory();
  await writeTree(`${local.path}/up`, 20);
  const mirror = `mirror -R --verbose=1 "${local.path}/up" tree`;
  await lftp(server, settings.path, mirror);
  assert.equal(await lftp(server, settings.path, mirror), "");
});

Deno.test("lftp mirrors up and down in MODE Z, permission bits too", async () => {
  await using server = await startServer({ users: USERS });
  await using local = await temporaryDirectory();
  await using settings = await temporaryDirectory();
  const sent = await writeTree(`${local.path}/up`, 4);
  await Deno.writeTextFile(`${local.path}/private`, "for my eyes");
  await Deno.chmod(`${local.path}/private`, 0o600);
  const ways = {
    STOR: `mirror -R "${local.path}/up" tree`,
    RETR: `mirror tree "${local.path}/down"`,
  };
  for (const [verb, way] of Object.entries(ways)) {
    const dialogue = `${settings.path}/${verb}`;
    const debug = `debug -o "${dialogue}" 5`;
    await lftp(server, settings.path, "set ftp:use-mode-z yes", debug, way);
    assert.deepEqual(await modesOf(verb, dialogue), new Set(["Z"]));
  }
  assert.deepEqual(await digestTree(`${server.home}/ada/tree`), sent);
  assert.deepEqual(await digestTree(`${local.path}/down`), sent);
  await lftp(server, settings.path, `mirror -R -f "${local.path}/private"`);
  assert.equal((await Deno.stat(`${server.home}/ada/private`)).mode! & 0o777, 0o600);
});

Deno.test("lftp gets all lines of a listing in MODE Z", async () => {
  await using server = await startServer({ users: USERS });
  await using settings = await temporaryDirectory();
  const folder = `${server.home}/ada/many`;
  await Deno.mkdir(folder, { recursive: true });
  const names = Array.from({ length: 10_000 }, (_, at) => `file number ${at}`);
  for (const name of names) Deno.writeFileSync(`${folder}/${name}`, new Uint8Array());
  const dialogue = `${settings.path}/dialogue`;
  for (const [verb, list] of [["LIST", "ls many"], ["MLSD", "cls -1 --sort=name many"]]) {
    const mlsd = `set ftp:use-mlsd ${verb === "MLSD"}`;
    const debug = `debug -o "${dialogue}" 5`;
    const told = await lftp(server, settings.path, "set ftp:use-mode-z yes", mlsd, debug, list!);
    assert.deepEqual(await modesOf(verb!, dialogue), new Set(["Z"]));
    const toldNames = new Set(told.match(/file number \d+/g));
    assert.equal(names.filter((name) => !toldNames.has(name)).length, 0, verb);
  }
});

/** The modes in which lftp asked for a `STOR` or `RETR`, by its own record; empty files it only makes. */
async function modesOf(verb: string, dialogue: string): Promise<ReadonlySet<string>> {
  const modes = new Set<string>();
  let mode = "S";
  for (const line of (await Deno.readTextFile(dialogue)).split("\n")) {
    mode = /^---> MODE (.)/.exec(line)?.[1] ?? mode;
    if (line === `---> ${verb}` || line.startsWith(`---> ${verb} `)) modes.add(mode);
  }
  return modes;
}

Deno.test("lftp carries on an upload and a download that are half done", async () => {
  await using server = await startServer({ users: USERS });
  await using local = await temporaryDirectory();
  await using settings = await temporaryDirectory();
  const bytes = noise(2_000_003);
  const file = `${local.path}/file`;
  await Deno.writeFile(file, bytes.subarray(0, 700_001));
  await lftp(server, settings.path, `put "${file}"`);
  await Deno.writeFile(file, bytes);
  await lftp(server, settings.path, `put -c "${file}"`);
  assert.equal(sha256(await Deno.readFile(`${server.home}/ada/file`)), sha256(bytes));
  await Deno.writeFile(file, bytes.subarray(0, 1_300_001));
  await lftp(server, settings.path, `get -c file -o "${file}"`);
  assert.equal(sha256(await Deno.readFile(file)), sha256(bytes));
});

Deno.test("lftp loses no upload, though it closes TLS 1.3 without reading session tickets", async () => {
  await using server = await startServer({ users: USERS });
  await using local = await temporaryDirectory();
  await using settings = await temporaryDirectory();
  const bytes = noise(1_500_001);
  await Deno.writeFile(`${local.path}/file`, bytes);
  const names = [...Array(40).keys()].map((number) => `copy ${number}`);
  await lftp(
    server,
    settings.path,
    ...names.map((name) => `put "${local.path}/file" -o "${name}"`),
  );
  const digests = await digestTree(`${server.home}/ada`);
  assert.deepEqual(digests, Object.fromEntries(names.sort().map((name) => [name, sha256(bytes)])));
});
