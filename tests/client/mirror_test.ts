// ftp mirror as it is used: both ways, trial runs, patterns, removals last and never after a failure.

import assert from "node:assert/strict";
import { join } from "node:path";
import { digestTree, noise, type TreeDigests } from "../support/file_tree.ts";
import { runFtp } from "../support/program.ts";
import { scriptedServer } from "../support/scripted_server.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

async function fill(root: string, files: Readonly<Record<string, number>>): Promise<void> {
  for (const [path, size] of Object.entries(files)) {
    const full = join(root, path);
    await Deno.mkdir(join(full, ".."), { recursive: true });
    await Deno.writeFile(full, noise(size, size + 1));
  }
}

class Trial implements AsyncDisposable {
  private constructor(
    readonly local: string,
    readonly remote: string,
    private readonly server: ServerProcess,
    private readonly stack: AsyncDisposableStack,
  ) {}

  static async begin(): Promise<Trial> {
    await using stack = new AsyncDisposableStack();
    const here = stack.use(await temporaryDirectory());
    const flags = ["--tls", "off"];
    const server = stack.use(await startServer({ users: { ann: "secret" }, flags }));
    const remote = join(server.home, "ann");
    await Deno.mkdir(remote, { recursive: true });
    return new Trial(here.path, remote, server, stack.move());
  }

  async mirror(...args: string[]) {
    const { address } = this.server;
    const env = { FTP_SERVER: address, FTP_USER: "ann", FTP_PASSWORD: "secret", FTP_TLS: "off" };
    return await runFtp(["mirror", ...args], { cwd: this.local, env });
  }

  here(folder: string): Promise<TreeDigests> {
    return digestTree(join(this.local, folder));
  }

  there(folder: string): Promise<TreeDigests> {
    return digestTree(join(this.remote, folder));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stack.disposeAsync();
  }
}

Deno.test("a folder of the server is mirrored here, once", async () => {
  await using trial = await Trial.begin();
  await fill(join(trial.remote, "site"), { "a": 0, "b": 5, "deep/er/c": 70_000, "deep/d": 1 });
  const first = await trial.mirror("site", "copy");
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /mirror: 4 moved, 0 the same, 0 removed\n$/);
  assert.deepEqual(await trial.here("copy"), await trial.there("site"));
  const second = await trial.mirror("site", "copy");
  assert.match(second.stderr, /^mirror: 0 moved, 4 the same, 0 removed\n$/);
});

Deno.test("what changed goes up, what is gone is removed last, what is excluded stays", async () => {
  await using trial = await Trial.begin();
  await fill(join(trial.local, "site"), { "same": 5, "longer": 9, "new/one": 3 });
  await fill(join(trial.remote, "www"), {
    "longer": 8,
    "gone": 1,
    "old/deep/gone": 2,
    "kept/log": 4,
    "kept/gone": 4,
  });
  const flags = ["-R", "--delete", "--exclude", "log", "-j", "2"];
  const before = await trial.there("www");
  const trialRun = await trial.mirror("site", "www", ...flags, "--dry-run");
  assert.equal(trialRun.code, 0, trialRun.stderr);
  assert.match(trialRun.stderr, /would move www\/new\/one\n/);
  assert.match(trialRun.stderr, /would remove www\/old\/deep\/gone\nwould remove www\/old\/deep\n/);
  assert.match(trialRun.stderr, /mirror: 3 would be moved, 0 the same, 5 would be removed\n$/);
  assert.deepEqual(await trial.there("www"), before);
  const run = await trial.mirror("site", "www", ...flags);
  assert.equal(run.code, 0, run.stderr);
  const { "kept/log": log, ...rest } = await trial.there("www");
  assert.equal(log, before["kept/log"]);
  assert.deepEqual(rest, await trial.here("site"));
  assert.ok(run.stderr.indexOf("removed") > run.stderr.lastIndexOf("put www"), run.stderr);
  await assert.rejects(Deno.stat(join(trial.remote, "www/old")), Deno.errors.NotFound);
});

Deno.test("a link here is no way out of the folder that is mirrored into", async () => {
  await using trial = await Trial.begin();
  await using elsewhere = await temporaryDirectory();
  await Deno.writeTextFile(join(elsewhere.path, "precious"), "");
  await fill(join(trial.remote, "site"), { "sub/a": 1 });
  await Deno.mkdir(join(trial.local, "copy"));
  await Deno.symlink(elsewhere.path, join(trial.local, "copy", "sub"));
  const { code, stderr } = await trial.mirror("site", "copy", "--delete");
  assert.equal(code, 1);
  assert.match(stderr, /mirror "sub": it is a folder at one end and something else at the other/);
  assert.deepEqual([...Deno.readDirSync(elsewhere.path)].map(({ name }) => name), ["precious"]);
});

Deno.test("nothing is removed after a listing that cannot be read to its end", async () => {
  await using here = await temporaryDirectory();
  await fill(here.path, { "copy/a": 1, "copy/only here": 1 });
  await using server = scriptedServer([
    "S: 220 ready",
    "C: USER ann",
    "S: 230 in",
    "C: FEAT",
    "S: 500 what",
    "C: TYPE I",
    "S: 200 binary",
    "C: EPSV",
    "S: 229 go (|||{port}|)",
    "data accept",
    "C: LIST site",
    "S: 150 listing",
    "data send drwxr-xr-x 1 o g 1 Jan  1  2020 sub\\r\\n",
    "data finish",
    "S: 226 listed",
    "C: EPSV",
    "S: 229 go (|||{port}|)",
    "C: LIST site/sub",
    "data accept",
    "S: 150 listing",
    "data send what is this\\r\\n",
    "data finish",
    "S: 226 listed",
    "C: QUIT",
    "S: 221 bye",
  ]);
  const env = { FTP_SERVER: `127.0.0.1:${server.port}`, FTP_USER: "ann", FTP_PASSWORD: "secret" };
  const flags = ["--delete", "--tls", "off", "-j", "1"];
  const { code, stderr } = await runFtp(["mirror", "site", "copy", ...flags], {
    cwd: here.path,
    env,
  });
  assert.equal(code, 1, stderr);
  assert.match(stderr, /a line of the listing does not read: "what is this"/);
  assert.match(stderr, /something before it failed: nothing was removed/);
  await Deno.stat(join(here.path, "copy", "only here"));
  await server.finished;
});

Deno.test("a mirror has exactly one end at a server", async () => {
  const both = await runFtp(["mirror", "ftp://a/x", "ftp://b/y"]);
  assert.equal(both.code, 2);
  assert.match(both.stderr, /both are at a server/);
  const none = await runFtp(["mirror", "x", "y"]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /no server is named/);
});
