// The program as a process: its version, its errors when something unforeseen happens, closed pipes.

import assert from "node:assert/strict";
import { join } from "node:path";
import { ftpCommandLine, REPOSITORY, run, runFtp } from "../support/program.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("the version is the one of deno.json", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(join(REPOSITORY, "deno.json")));
  assert.deepEqual(await runFtp(["--version"]), {
    code: 0,
    stdout: `ftp ${version}\n`,
    stderr: "",
  });
});

Deno.test("an unforeseen error is one line, and the stack only on request", async () => {
  await using directory = await temporaryDirectory();
  const home = await brokenHome(directory.path);
  const plain = await runFtp(["user", "ls", "--home", home]);
  assert.equal(plain.code, 1);
  assert.equal(plain.stdout, "");
  assert.match(plain.stderr, /^ftp: account store ".*accounts\.db": file is not a database\n$/);
  const debug = await runFtp(["user", "ls", "--home", home], { env: { FTP_DEBUG: "1" } });
  assert.equal(debug.code, 1);
  assert.match(debug.stderr, /^ftp: account store .*\n.*CommandFailure: .*\n +at /s);
});

Deno.test("a reader that leaves early ends the program without a word", async () => {
  for (const args of [["help"], ["user", "--help"]]) {
    const [program, programArgs] = ftpCommandLine(args);
    const options = { args: programArgs, stdout: "piped", stderr: "piped" } as const;
    const child = new Deno.Command(program, options).spawn();
    // Our end is closed long before the program has started.
    await child.stdout.cancel();
    const [{ code }, stderr] = await Promise.all([child.status, child.stderr.text()]);
    assert.deepEqual({ code, stderr }, { code: 1, stderr: "" });
  }
});

Deno.test("the program asks for no more than its few permissions", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(REPOSITORY, "deno.json")));
  const flags = String(tasks.ftp.command).match(/--allow-\S+|-A\b/g);
  assert.deepEqual(flags, [
    "--allow-net",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-sys",
    "--allow-run",
  ]);
  await using directory = await temporaryDirectory();
  const args = ["run", "--no-prompt", ...flags ?? [], join(REPOSITORY, "main.ts"), "user"];
  const added = await run(Deno.execPath(), [
    ...args,
    "add",
    "ann",
    "--generate",
    "--home",
    directory.path,
  ]);
  assert.equal(added.code, 0, added.stderr);
});

Deno.test("only the shell may start programs: every other command has given that right up", async () => {
  await using directory = await temporaryDirectory();
  const telling = join(directory.path, "telling.ts");
  await Deno.writeTextFile(telling, TELLS_AT_THE_END);
  const mayRun = async (...args: string[]) => {
    const told = await run(Deno.execPath(), [
      ...["run", "--no-prompt", ...GIVEN, "--no-check", `--preload=${telling}`],
      ...[join(REPOSITORY, "main.ts"), ...args],
    ]);
    return told.stderr.trim();
  };
  // Which --no-prompt makes a refusal.
  assert.equal(await mayRun("serve", "--help"), "prompt");
  assert.equal(await mayRun("get", "--help"), "prompt");
  assert.equal(await mayRun("connect", "--help"), "granted");
  assert.equal(await mayRun("run", "--help"), "granted");
});

/** What the executable is compiled with: everything it may ever do. */
const GIVEN = ["net", "read", "write", "env", "sys", "run"].map((right) => `--allow-${right}`);

/** Tells what may be started when the program ends. */
const TELLS_AT_THE_END = `const { exit } = Deno;
Deno.exit = (code) => {
  console.error(Deno.permissions.querySync({ name: "run" }).state);
  exit(code);
};
`;

/** A data directory whose account store is no database. */
async function brokenHome(path: string): Promise<string> {
  await Deno.mkdir(join(path, ".ftp"));
  await Deno.writeTextFile(
    join(path, ".ftp", "accounts.db"),
    "this was never a database, just a text",
  );
  return path;
}
