// An upload that is cut off, by its client or by the server's death, and carried on by another program.

import assert from "node:assert/strict";
import { join } from "node:path";
import { noise, sha256 } from "../support/file_tree.ts";
import { ftpCommandLine, ownMemory, runFtpWell, runWell } from "../support/program.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const USERS = { ada: "difference engine" };
const BYTES = noise(6_000_001);
const CUT_BYTES = 1_000_000;

/** A server on a data directory that outlives it, and a local file. */
async function prepare() {
  await using resources = new AsyncDisposableStack();
  const home = resources.use(await temporaryDirectory()).path;
  const local = resources.use(await temporaryDirectory()).path;
  const file = join(local, "file");
  await Deno.writeFile(file, BYTES);
  const kept = resources.move();
  return {
    file,
    home,
    start: (users?: Record<string, string>) => startServer({ home, ...(users && { users }) }),
    stored: async () => sha256(await Deno.readFile(join(home, "ada", "file"))),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Starts a program that uploads slowly; resolves when so many bytes of it have arrived. */
async function halfWay(
  home: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const uploads = join(home, ".ftp", "uploads", "ada");
  await Deno.mkdir(uploads, { recursive: true });
  using watcher = Deno.watchFs(uploads);
  const child = new Deno.Command(program, {
    args: [...args],
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  for await (const { paths } of watcher) {
    if (paths.some((path) => sizeOf(path) >= CUT_BYTES)) break;
  }
  return child;
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0; // removed between its event and this look
  }
}

const url = (server: ServerProcess) => `ftp://${server.address}/file`;
const login = ["-u", `ada:${USERS.ada}`];
const slowly = (server: ServerProcess, file: string) =>
  ["-sS", ...login, "--limit-rate", "2M", "-T", file, url(server)] as const;

async function lftpPutContinued(server: ServerProcess, file: string): Promise<void> {
  const script = [
    "set ftp:ssl-allow no",
    "set cmd:fail-exit true",
    `open -u ada,"${USERS.ada}" ftp://${server.address}`,
    `put -c "${file}"`,
  ].join("\n");
  const env = { HOME: "/nonexistent", LFTP_HOME: "/nonexistent", LC_ALL: "C.UTF-8" };
  await runWell("lftp", ["--norc"], { stdin: `${script}\n`, env });
}

Deno.test("a server killed in mid-upload: lftp carries on what curl began, after the restart", async () => {
  await using trial = await prepare();
  {
    await using server = await trial.start(USERS);
    const curl = await halfWay(trial.home, "curl", slowly(server, trial.file));
    await server.stop("SIGKILL");
    assert.notEqual((await curl.status).code, 0);
  }
  await using server = await trial.start();
  await assert.rejects(Deno.stat(join(trial.home, "ada", "file")), Deno.errors.NotFound);
  await lftpPutContinued(server, trial.file);
  assert.equal(await trial.stored(), sha256(BYTES));
});

Deno.test("a client killed in mid-upload: curl carries on what our own program began", async () => {
  await using trial = await prepare();
  await using server = await trial.start(USERS);
  const target = `ftp://ada@${server.address}/`;
  const flags = ["-p", USERS.ada, "--tls", "off", "--limit-rate", "2M", "-q"];
  const ours = ftpCommandLine(["put", trial.file, "-t", target, ...flags]);
  using memory = ownMemory();
  const child = await halfWay(trial.home, ...ours, memory.env);
  child.kill("SIGKILL");
  await child.status;
  await runWell("curl", ["-sS", ...login, "-C", "-", "-T", trial.file, url(server)]);
  assert.equal(await trial.stored(), sha256(BYTES));
});

Deno.test("a client cut off in mid-upload: our own program carries on what curl began, proven", async () => {
  await using trial = await prepare();
  await using server = await trial.start(USERS);
  const curl = await halfWay(trial.home, "curl", slowly(server, trial.file));
  curl.kill("SIGKILL");
  await curl.status;
  const target = `ftp://ada@${server.address}/`;
  const put = ["put", trial.file, "-t", target, "-p", USERS.ada, "--tls", "off", "--json"];
  const result = JSON.parse(await runFtpWell(put));
  assert.ok(result.resumed_from >= CUT_BYTES, JSON.stringify(result));
  assert.equal(await trial.stored(), sha256(BYTES));
});
