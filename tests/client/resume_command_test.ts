// ftp pending and ftp resume: what was interrupted by a kill, a signal or a lost server is known, and carried on once.

import assert from "node:assert/strict";
import { join } from "node:path";
import { define as connect } from "../../client/commands/connect.ts";
import { define as pending } from "../../client/commands/pending.ts";
import { define as put } from "../../client/commands/put.ts";
import { define as resume } from "../../client/commands/resume.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { digestTree, noise, sha256 } from "../support/file_tree.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { killedCommand } from "../support/killed_command.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const MIB = 1024 * 1024;

Deno.test("an upload and a download that were killed are pending, and carried on side by side", async () => {
  await using trial = await Trial.start();
  const [up, down] = [noise(3 * MIB, 1), noise(3 * MIB, 2)];
  await Deno.writeFile(join(trial.here, "up"), up);
  await Deno.writeFile(join(trial.server.root, "down"), down);
  await trial.killed(["put", "up", "-t", "/kept"], trial.server.home);
  await trial.killed(["get", "down"], trial.here);
  for await (const { name } of Deno.readDir(trial.journal)) {
    const text = await Deno.readTextFile(join(trial.journal, name));
    assert.ok(!text.includes(PASSWORD), "no secret is written down");
  }
  const [first, second] = await trial.pending();
  assert.deepEqual(
    [first?.kind, first?.local, first?.remote, first?.size, first?.user],
    ["put", join(trial.here, "up"), "/kept", up.length, USER],
  );
  assert.deepEqual(
    [second?.kind, second?.local, second?.remote, second?.size],
    ["get", join(trial.here, "down"), "down", down.length],
  );
  const ending = await trial.resume("--all", "-j", "2", "--json");
  assert.equal(ending.code, 0, ending.stderr);
  const results = ending.stdout.trim().split("\n").map((line) => JSON.parse(line));
  for (const { resumed_from, verified } of results) {
    assert.ok(resumed_from >= MIB, `carried on at ${resumed_from}`);
    assert.equal(verified, "SHA-256");
  }
  assert.equal(results.length, 2);
  assert.equal(sha256(await Deno.readFile(join(trial.server.root, "kept"))), sha256(up));
  assert.equal(sha256(await Deno.readFile(join(trial.here, "down"))), sha256(down));
  assert.deepEqual(await trial.pending(), []);
  const nothing = await trial.resume("--all");
  assert.deepEqual([nothing.code, nothing.stderr], [0, "nothing is unfinished\n"]);
});

Deno.test("a folder that Ctrl-C interrupted is one entry, and carried on with the file that was on its way", async () => {
  await using trial = await Trial.start();
  await Deno.mkdir(join(trial.here, "tree", "below"), { recursive: true });
  for (let at = 0; at < 12; at++) {
    await Deno.writeFile(join(trial.here, "tree", `f${at}`), noise(MIB / 2, at + 1));
    await Deno.writeFile(join(trial.here, "tree", "below", `g${at}`), noise(1_000, at + 50));
  }
  const args = ["put", "-r", "tree", "-j", "2", "--if-exists", "skip"];
  assert.equal(await trial.killed(args, trial.server.home, "SIGINT"), 130);
  const entries = await trial.pending();
  assert.deepEqual(entries.map(({ local, files }) => [local, files]), [
    [join(trial.here, "tree"), null],
  ]);
  const ending = await trial.resume(String(entries[0]?.id), "-j", "3", "--json");
  assert.equal(ending.code, 0, ending.stderr);
  assert.match(ending.stdout, /"resumed_from":[1-9]/);
  assert.match(ending.stdout, /"outcome":"skipped"/);
  const copy = await digestTree(join(trial.server.root, "tree"));
  assert.deepEqual(copy, await digestTree(join(trial.here, "tree")));
  assert.deepEqual(await trial.pending(), []);
});

Deno.test("a source that changed since is told, and not mixed with what was moved of the old one", async () => {
  await using trial = await Trial.start();
  await Deno.writeFile(join(trial.here, "up"), noise(3 * MIB, 1));
  await Deno.writeFile(join(trial.server.root, "down"), noise(3 * MIB, 2));
  await trial.killed(["put", "up"], trial.server.home);
  await trial.killed(["get", "down"], trial.here);
  await Deno.writeFile(join(trial.here, "up"), noise(3 * MIB + 1, 3));
  await Deno.writeFile(join(trial.server.root, "down"), noise(3 * MIB, 4));
  const yesterday = new Date(Date.now() - 86_400_000);
  await Deno.utime(join(trial.server.root, "down"), yesterday, yesterday);
  const ending = await trial.resume("--all");
  assert.equal(ending.code, 8, ending.stderr);
  assert.equal(ending.stderr.match(/it has changed since: /g)?.length, 2, ending.stderr);
  await assert.rejects(Deno.stat(join(trial.server.root, "up")), Deno.errors.NotFound);
  await assert.rejects(Deno.stat(join(trial.here, "down")), Deno.errors.NotFound);
  const ids = (await trial.pending()).map(({ id }) => String(id));
  assert.equal(ids.length, 2);
  const forgotten = await trial.run(pending, ["pending", "--forget", ...ids]);
  assert.deepEqual([forgotten.code, forgotten.stderr], [0, ""]);
  assert.deepEqual(await trial.pending(), []);
});

Deno.test("what is refused for good is not pending, nor what the same command did again", async () => {
  await using trial = await Trial.start();
  await Deno.writeFile(join(trial.here, "up"), noise(3 * MIB, 1));
  await Deno.writeTextFile(join(trial.server.root, "other"), "another content");
  const up = join(trial.here, "up");
  const refused = await trial.run(put, ["put", up, "-t", "/other", "--insecure"]);
  assert.equal(refused.code, 8, refused.stderr);
  assert.deepEqual(await trial.pending(), []);
  await trial.killed(["put", up], trial.server.home);
  assert.equal((await trial.pending()).length, 1);
  const again = await trial.run(put, ["put", up, "--insecure"]);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /carried on at/);
  assert.deepEqual(await trial.pending(), []);
});

Deno.test("a journal that cannot be written is told, and stops no transfer", async () => {
  await using trial = await Trial.start();
  await Deno.mkdir(join(trial.config, "ftp"));
  await Deno.writeTextFile(trial.journal, "no folder");
  await Deno.writeTextFile(join(trial.here, "up"), "content");
  const { code, stderr } = await trial.run(put, ["put", join(trial.here, "up"), "--insecure"]);
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /^the journal of transfers cannot be written \(.*\): "ftp resume" will miss this$/m,
  );
  assert.match(stderr, /^put up: 7 bytes, SHA-256 verified$/m);
  const told = await trial.run(pending, ["pending"]);
  assert.deepEqual([told.code, told.stderr], [
    1,
    "ftp: read the journal of transfers: a part of the local path is not a folder\n",
  ]);
});

Deno.test("two that resume at once do not carry on the same transfer", async () => {
  await using trial = await Trial.start();
  await Deno.writeFile(join(trial.here, "up"), noise(3 * MIB, 1));
  await trial.killed(["put", "up"], trial.server.home);
  const endings = await Promise.all([trial.resume("1"), trial.resume("1")]);
  assert.deepEqual(endings.map(({ code }) => code).sort(), [0, 1]);
  const told = endings.map(({ stderr }) => stderr).join("");
  assert.match(told, /ftp: resume 1: another process is at it/);
  assert.match(told, /put .*up: 3\.00M, carried on at/);
});

Deno.test("one password is not tried at two logins; what is pending is told for one server and one user", async () => {
  await using trial = await Trial.start();
  await Deno.writeFile(join(trial.here, "up"), noise(3 * MIB, 1));
  await trial.killed(["put", "up"], trial.server.home);
  const record = join(trial.journal, "1");
  const foreign = (await Deno.readTextFile(record)).replaceAll("127.0.0.1", "127.0.0.2");
  await Deno.writeTextFile(join(trial.journal, "2"), foreign);
  const everywhere = { FTP_SERVER: "", FTP_USER: "" };
  const all = ["resume", "--insecure", "--all"];
  const { code, stderr } = await trial.run(resume, all, everywhere);
  assert.equal(code, 2);
  assert.match(stderr, /^ftp: resume: one password is given, for 2 logins\nhint: -s HOST/);
  const here = `127.0.0.1:${trial.server.port}`;
  assert.deepEqual((await trial.pending(here)).map(({ id }) => id), [1]);
  assert.deepEqual((await trial.pending(`bob@${here}`)).map(({ id }) => id), []);
  const one = await trial.run(resume, [...all, "-s", here], everywhere);
  assert.equal(one.code, 0, one.stderr);
  assert.deepEqual((await trial.pending()).map(({ id }) => id), [2]);
  // The environment's password is this server's alone: the other one is asked about without it.
  const other = await trial.resume("--all");
  assert.equal(other.code, 3, other.stderr);
});

Deno.test("the shell shows the same journal from wherever it is, and what only the server knows of", async () => {
  await using trial = await Trial.start();
  await using elsewhere = await temporaryDirectory();
  for (const [at, name] of ["here", "there", "dropped"].entries()) {
    await Deno.writeFile(join(trial.here, name), noise(3 * MIB, at + 1));
  }
  await Deno.mkdir(join(trial.server.root, "deep"));
  await trial.killed(["put", "here"], trial.server.home);
  await trial.killed(["put", "dropped"], trial.server.home);
  const env = { XDG_CONFIG_HOME: elsewhere.path };
  await trial.killed(["put", "there", "-t", "/deep/there"], trial.server.home, "SIGKILL", env);
  const { code, stdout, stderr } = await trial.run(connect, ["connect", "--insecure"], {}, [
    "cd deep",
    `lcd ${trial.here}`,
    "pending --json",
    "forget 2",
    "resume there",
    "resume here",
    "forget /dropped",
    "pending",
    "ls /",
    "ls",
  ]);
  assert.equal(code, 0, stderr);
  const [first, second, third, _forgotten, ...listed] = stdout.trim().split("\n");
  assert.equal(JSON.parse(first!).remote, "here");
  assert.equal(JSON.parse(second!).remote, "dropped");
  const { id, path, bytes } = JSON.parse(third!);
  assert.deepEqual([id, path, bytes >= MIB], [null, "/deep/there", true]);
  assert.equal(stderr.match(/carried on at/g)?.length, 2, stderr);
  assert.match(stderr, /nothing is unfinished/);
  assert.deepEqual(listed, ["deep", "here", "there"]);
});

Deno.test("a mirror that was interrupted goes on, and removes nothing that was to be removed at its end", async () => {
  await using trial = await Trial.start();
  await Deno.mkdir(join(trial.here, "tree"));
  for (let at = 0; at < 6; at++) {
    await Deno.writeFile(join(trial.here, "tree", `f${at}`), noise(MIB, at + 1));
  }
  await Deno.writeTextFile(join(trial.here, "tree", "left out.tmp"), "");
  await Deno.mkdir(join(trial.server.root, "copy"));
  await Deno.writeTextFile(join(trial.server.root, "copy", "surplus"), "");
  const args = ["mirror", "-R", "tree", "/copy", "--delete", "--exclude", "*.tmp", "-j", "2"];
  await trial.killed([...args, "--newer"], trial.server.home);
  const [entry] = await trial.pending();
  assert.deepEqual([entry?.command, entry?.remote], ["mirror", "/copy"]);
  const ending = await trial.resume("--all", "-j", "3");
  assert.equal(ending.code, 0, ending.stderr);
  assert.match(ending.stderr, /carried on at/);
  const { "left out.tmp": _, ...wanted } = await digestTree(join(trial.here, "tree"));
  const { surplus, ...copy } = await digestTree(join(trial.server.root, "copy"));
  assert.deepEqual(copy, wanted);
  assert.ok(surplus !== undefined);
});

/** What `ftp pending --json` prints. */
interface Entry {
  readonly id: number;
  readonly kind: string;
  readonly command: string;
  readonly user: string;
  readonly local: string;
  readonly remote: string;
  readonly files: number | null;
  readonly size: number | null;
}

/** A server, a folder to be in, and a journal. */
class Trial implements AsyncDisposable {
  readonly #resources: AsyncDisposableStack;

  private constructor(
    readonly server: InProcessServer,
    readonly here: string,
    readonly config: string,
    resources: AsyncDisposableStack,
  ) {
    this.#resources = resources;
  }

  static async start(): Promise<Trial> {
    await using resources = new AsyncDisposableStack();
    const server = resources.use(await InProcessServer.start());
    const here = resources.use(await temporaryDirectory()).path;
    const config = resources.use(await temporaryDirectory()).path;
    return new Trial(server, here, config, resources.move());
  }

  get journal(): string {
    return join(this.config, "ftp", "journal");
  }

  get env(): Record<string, string> {
    return {
      FTP_SERVER: `127.0.0.1:${this.server.port}`,
      FTP_PASSWORD: PASSWORD,
      XDG_CONFIG_HOME: this.config,
    };
  }

  /** Runs a command slowly and ends it once a mebibyte has come to one of the files in a folder. */
  async killed(
    args: readonly string[],
    folder: string,
    signal: Deno.Signal = "SIGKILL",
    env: Record<string, string> = {},
  ): Promise<number> {
    const areMany = args.includes("-r") || args.includes("mirror");
    const code = await killedCommand({
      args: [...args, "-u", USER, "--insecure"],
      cwd: this.here,
      env: { ...this.env, ...env },
      folder,
      atBytes: areMany ? MIB / 4 : MIB,
      signal,
    });
    await this.#seenGone();
    return code;
  }

  /** Until the server has noticed, it holds what was being uploaded. */
  async #seenGone(): Promise<void> {
    const { log } = this.server;
    const count = (event: string) => log.lines.filter((line) => line.event === event).length;
    if (count("disconnected") < count("login")) {
      await log.seen(() => count("disconnected") >= count("login"));
    }
  }

  run(
    define: typeof pending,
    args: readonly string[],
    env: Record<string, string> = {},
    lines: readonly string[] = [],
  ) {
    const stdin = lines.join("\n");
    return runInProcess({ define }, args, { env: { ...this.env, FTP_USER: USER, ...env }, stdin });
  }

  async pending(...args: readonly string[]): Promise<Entry[]> {
    const { code, stdout, stderr } = await this.run(pending, ["pending", "--json", ...args]);
    assert.deepEqual([code, stderr], [0, ""]);
    return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  }

  resume(...args: readonly string[]) {
    // The password is not bound to one user here: it is the command's own business which one it is for.
    return this.run(resume, ["resume", "--insecure", ...args], { FTP_USER: "" });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}
