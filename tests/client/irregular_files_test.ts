// Local paths that lead to no file: pipes, devices, what the program's permissions keep closed.

import assert from "node:assert/strict";
import { join } from "node:path";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { type Ending, REPOSITORY, run } from "../support/program.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

/** What the executable is compiled with: more would open /dev and /proc. */
const GIVEN = ["net", "read", "write", "env", "sys", "run"].map((right) => `--allow-${right}`);

/** A pipe that is opened holds the program for ever: it is killed after this time. */
const LIMIT_MS = 20_000;

const NO_FILE = "it is not a regular file";
const CLOSED = "this program may not open it";
const PUT_HINT = "hint: ftp put - reads standard input";
const GET_HINT = "hint: ftp get -o - writes to standard output";

Deno.test("pipes and devices are refused in one line, both ways, by the commands and the shell", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using trial = await Trial.start();
  await trial.makePipe("pipe");
  const label = `127.0.0.1:${trial.server.port}`;
  await trial.expect([
    [["put", "pipe", "-t", "/x"], "", `put "pipe" to ${label}: ${NO_FILE}`, PUT_HINT],
    [["put", "-r", "pipe", "-t", "/x"], "", `put "pipe" to ${label}: ${NO_FILE}`, PUT_HINT],
    [["get", "/a.txt", "-o", "pipe"], "", `get "/a.txt" from ${label}: ${NO_FILE}`, GET_HINT],
    [
      ["get", "/a.txt", "-o", "pipe", "--if-exists", "overwrite"],
      "",
      `get "/a.txt" from ${label}: ${NO_FILE}`,
      GET_HINT,
    ],
    [["get", "/a.txt", "-o", "/dev/null"], "", `get "/a.txt" from ${label}: ${NO_FILE}`, GET_HINT],
    [["connect"], "put pipe\n", `put "${trial.folder}/pipe" to ${label}: ${NO_FILE}`, PUT_HINT],
    [["connect"], "get a.txt -o pipe\n", `get "a.txt" from ${label}: ${NO_FILE}`, GET_HINT],
    [["connect"], "verify pipe a.txt\n", `verify "a.txt" at ${label}: ${NO_FILE}`],
  ]);
});

Deno.test("what the program may not open is told in its own words, without the runtime's options", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using trial = await Trial.start();
  const label = `127.0.0.1:${trial.server.port}`;
  await trial.expect([
    [["put", "/proc/cpuinfo"], "", `put "/proc/cpuinfo" to ${label}: ${CLOSED}`, PUT_HINT],
    [["put", "/dev/stdin", "-t", "x"], "", `put "/dev/stdin" to ${label}: ${CLOSED}`, PUT_HINT],
    [["get", "/a.txt", "-o", "/dev/none"], "", `look at "/dev/none": ${CLOSED}`, GET_HINT],
    [["serve", "/proc/home"], "", `data directory "/proc/home": ${CLOSED}`],
    [["user", "ls", "--home", "/proc/home"], "", `data directory "/proc/home": ${CLOSED}`],
  ]);
});

Deno.test("a folder is put without the pipes in it, and each is told", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using trial = await Trial.start();
  await Deno.mkdir(join(trial.folder, "folder"));
  await Deno.writeTextFile(join(trial.folder, "folder", "file"), "content");
  await trial.makePipe("folder/pipe");
  const { code, stderr } = await trial.ftp(["put", "-r", "folder"]);
  assert.deepEqual({ code, stderr }, {
    code: 0,
    stderr: `put: skipped folder/pipe, not a regular file\n` +
      `put folder/file: 7 bytes, SHA-256 verified\n`,
  });
});

Deno.test("a mirror tells and counts the pipes and links that it leaves alone", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using trial = await Trial.start();
  await Deno.mkdir(join(trial.folder, "folder"));
  await trial.makePipe("folder/pipe");
  await trial.makePipe("folder/left.out");
  await Deno.symlink("/", join(trial.folder, "folder", "root"));
  const args = ["mirror", "-R", "folder", "/copy", "--exclude", "*.out"];
  const skipped = ["pipe", "root"].map((name) =>
    `mirror: skipped folder/${name}, neither a file nor a folder\n`
  ).join("");
  const told = await trial.ftp(args);
  assert.deepEqual([told.code, told.stderr], [
    0,
    `${skipped}mirror: 0 moved, 0 the same, 0 removed, 2 skipped\n`,
  ]);
  const { stdout } = await trial.ftp([...args, "--json"]);
  assert.equal(JSON.parse(stdout).skipped, 2);
});

Deno.test(
  "a pipe that nobody writes to is no settings file, no list of accounts and no authority",
  {
    ignore: Deno.build.os === "windows",
  },
  async () => {
    await using trial = await Trial.start();
    await trial.makePipe("pipe");
    const { folder } = trial;
    const rows: readonly (readonly [args: string[], tried: string])[] = [
      [["ls", "--ca", "pipe"], `--ca "pipe"`],
      [["serve", "home", "--config", "pipe"], `settings file "${folder}/pipe"`],
      [["user", "import", "pipe", "--home", "home"], `user import "pipe"`],
      [["serve", "home", "--cert", "pipe", "--key", "pipe"], `setting "cert"`],
    ];
    for (const [args, tried] of rows) {
      const { code, stderr } = await trial.ftp(args, "", { isTrusting: args[0] !== "ls" });
      assert.equal(code, 2, stderr);
      assert.ok(stderr.startsWith(`ftp: ${tried}`) && stderr.includes(NO_FILE), stderr);
      assert.equal(stderr.split("\n").length, 2, stderr);
    }
  },
);

/** Arguments, standard input, and the lines that tell why it failed. */
type Refusal = readonly [args: readonly string[], stdin: string, tried: string, hint?: string];

/** A server with a file `a.txt`, and a folder to be in. */
class Trial implements AsyncDisposable {
  readonly #resources: AsyncDisposableStack;

  private constructor(
    readonly server: InProcessServer,
    readonly folder: string,
    resources: AsyncDisposableStack,
  ) {
    this.#resources = resources;
  }

  static async start(): Promise<Trial> {
    await using resources = new AsyncDisposableStack();
    const server = resources.use(await InProcessServer.start());
    const { path } = resources.use(await temporaryDirectory());
    await Deno.writeTextFile(join(server.root, "a.txt"), "alpha\n");
    return new Trial(server, path, resources.move());
  }

  async makePipe(name: string): Promise<void> {
    assert.equal((await run("mkfifo", [join(this.folder, name)])).code, 0);
  }

  /** Each of them is refused so, with exit code 6; all run at once. */
  async expect(refusals: readonly Refusal[]): Promise<void> {
    await Promise.all(refusals.map(async ([args, stdin, tried, hint]) => {
      const { code, stderr } = await this.ftp(args, stdin);
      const lines = [`ftp: ${tried}`, ...hint === undefined ? [] : [hint]];
      assert.deepEqual(
        { code, stderr },
        { code: 6, stderr: `${lines.join("\n")}\n` },
        args.join(" "),
      );
    }));
  }

  ftp(
    [command = "", ...rest]: readonly string[],
    stdin = "",
    { isTrusting = true }: { readonly isTrusting?: boolean } = {},
  ): Promise<Ending> {
    const isLocal = command === "serve" || command === "user";
    const address = `127.0.0.1:${this.server.port}`;
    const connection = isLocal ? [] : [
      ...isTrusting ? ["--insecure"] : [],
      ...command === "connect" ? [address] : ["-s", address],
    ];
    return run(Deno.execPath(), [
      ...["run", "--quiet", "--no-prompt", "--no-check", ...GIVEN, join(REPOSITORY, "main.ts")],
      ...[command, ...connection, ...rest],
    ], {
      cwd: this.folder,
      stdin,
      env: { FTP_USER: USER, FTP_PASSWORD: PASSWORD, LC_ALL: "C" },
      limitMs: LIMIT_MS,
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}
