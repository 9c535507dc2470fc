// How a command is run: its arguments judged, its failures printed, its exit code chosen.

import assert from "node:assert/strict";
import type { CommandModule, CommandOutput, CommandWorld } from "../../shared/command_line.ts";
import { type ProcessWorld, runCommand } from "../../shared/command_runner.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { printedFailure, ReaderGone } from "../../shared/failure_printer.ts";
import { Fault } from "../../shared/fault.ts";

Deno.test("a command that does its work is done", async () => {
  const ran = await runAction((world) => world.stdout.print("hello\n"));
  assert.deepEqual(ran, { exitCode: ExitCode.done, stdout: "hello\n", stderr: "" });
});

Deno.test("a command that fails says what was tried and what happened, and a hint", async () => {
  const failure = new CommandFailure(ExitCode.notThere, 'get "a"', "not there", { hint: "try b" });
  const ran = await runAction(() => {
    throw failure;
  });
  assert.deepEqual(ran, {
    exitCode: ExitCode.notThere,
    stdout: "",
    stderr: 'ftp: get "a": not there\nhint: try b\n',
  });
});

Deno.test("of several failures the first one is the exit code, and all are told", async () => {
  const ran = await runAction((world) => {
    world.report(new CommandFailure(ExitCode.notAllowed, "a", "denied"));
    world.report(new CommandFailure(ExitCode.notThere, "b", "gone"));
    throw new CommandFailure(ExitCode.noSpace, "c", "full");
  });
  assert.equal(ran.exitCode, ExitCode.notAllowed);
  assert.equal(ran.stderr, "ftp: a: denied\nftp: b: gone\nftp: c: full\n");
});

Deno.test("what nobody foresaw is one line without its stack", async () => {
  const ran = await runAction(() => {
    throw new TypeError("x is undefined");
  });
  assert.equal(ran.exitCode, ExitCode.failed);
  assert.equal(
    ran.stderr,
    "ftp: unexpected: x is undefined\n" +
      "hint: FTP_DEBUG=1 in the environment shows where it happened\n",
  );
});

Deno.test("with FTP_DEBUG=1 the stack and its causes follow", async () => {
  const ran = await runAction(() => {
    const cause = new Error("the disk is on fire");
    throw new CommandFailure(ExitCode.failed, "a", "b", { cause });
  }, { env: { FTP_DEBUG: "1" } });
  assert.match(ran.stderr, /^ftp: a: b\n(.*\n)* +at .*\n(.*\n)*.*the disk is on fire/);
});

Deno.test("an interrupted command exits with 130 and tells only what it has to say about that", async () => {
  const interrupted = { interrupt: AbortSignal.abort() };
  const silent = await runAction(() => {
    throw new Error("the connection broke because we closed it");
  }, interrupted);
  assert.deepEqual(silent, { exitCode: ExitCode.interrupted, stdout: "", stderr: "" });
  const telling = await runAction(() => {
    throw new CommandFailure(ExitCode.interrupted, "put", "interrupted", { hint: "ftp resume" });
  }, interrupted);
  assert.deepEqual(telling, {
    exitCode: ExitCode.interrupted,
    stdout: "",
    stderr: "ftp: put: interrupted\nhint: ftp resume\n",
  });
  const done = await runAction(() => {}, interrupted);
  assert.equal(done.exitCode, ExitCode.done);
});

Deno.test("a failure's text from elsewhere can neither add a line nor steer the terminal", () => {
  const failure = new CommandFailure(ExitCode.failed, "a\nftp: b", "\x1b[2Jc\u2028\u202ed\x9bm", {
    hint: "e\r\nf",
  });
  assert.equal(printedFailure(failure, false).text, "ftp: a ftp: b:  [2Jc d m\nhint: e f\n");
});

Deno.test("faults and strangers are printed in one line too", () => {
  assert.match(printedFailure(new Fault("denied"), false).text, /^ftp: unexpected: denied\n/);
  assert.match(printedFailure("just a text", false).text, /^ftp: unexpected: just a text\n/);
  assert.deepEqual(printedFailure(new ReaderGone(), false), {
    text: "",
    exitCode: ExitCode.failed,
  });
});

Deno.test("wrong arguments are one line with the nearest option, and exit code 2", async () => {
  const ran = await runAction(() => {}, { args: ["--jsno"] });
  assert.deepEqual(ran, {
    exitCode: ExitCode.usage,
    stdout: "",
    stderr: 'ftp: try: unknown option "--jsno"\nhint: did you mean "--json"?\n',
  });
});

/** Runs a command `try [--json]` that does `action`. */
async function runAction(
  action: (world: CommandWorld) => void,
  given: {
    readonly args?: readonly string[];
    readonly env?: CommandWorld["env"];
    readonly interrupt?: AbortSignal;
  } = {},
) {
  const [stdout, stderr] = [recordedOutput(), recordedOutput()];
  const process: ProcessWorld = {
    env: given.env ?? {},
    stdin: {
      isTerminal: false,
      read: () => Promise.resolve(null),
      takeKeys: () => ({ [Symbol.dispose]() {} }),
    },
    stdout,
    stderr,
    interrupt: given.interrupt ?? new AbortController().signal,
    takeCtrlC: () => ({ [Symbol.dispose]() {} }),
    onResize: () => ({ [Symbol.dispose]() {} }),
  };
  const module: CommandModule = {
    define: (command, world) =>
      void command.option("--json", "as JSON").action(() => action(world)),
  };
  const row = { name: "try", summary: "tries", load: () => Promise.resolve(module) };
  const exitCode = await runCommand(row, given.args ?? [], process);
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

function recordedOutput(): CommandOutput & { readonly text: string } {
  let text = "";
  return {
    isTerminal: false,
    columns: undefined,
    rows: undefined,
    get text() {
      return text;
    },
    print: (more) => void (text += more),
    write: (bytes) => Promise.resolve(void (text += new TextDecoder().decode(bytes))),
  };
}

Deno.test("a password in an address that does not read is not told, other colons and at signs are", () => {
  const told: readonly (readonly [tried: string, hint: string, text: string])[] = [
    ['remote "ftp://ann:a/b@host/x"', "h", 'ftp: remote "ftp://ann:****@host/x": no\nhint: h\n'],
    ['open "ann:se cret@host"', "h", 'ftp: open "ann:****@host": no\nhint: h\n'],
    ['r "x"', "ftp://ann:p@ss@h is", 'ftp: r "x": no\nhint: ftp://ann:****@h is\n'],
    ['log in as "ann"', "ann@host:21", 'ftp: log in as "ann": no\nhint: ann@host:21\n'],
    ['open "ftp://ann@h:21"', "a: b@c", 'ftp: open "ftp://ann@h:21": no\nhint: a: b@c\n'],
    ['open "ftp://[::1]/a@b"', "h", 'ftp: open "ftp://[::1]/a@b": no\nhint: h\n'],
  ];
  for (const [tried, hint, text] of told) {
    const failure = new CommandFailure(ExitCode.usage, tried, "no", { hint });
    assert.equal(printedFailure(failure, false).text, text);
    const trace = printedFailure(failure, true).text;
    assert.equal(/a\/b|cret|p@ss/.test(trace), false, trace);
  }
  const refusal = new CommandFailure(ExitCode.failed, 'log in as "ann"', "530 ask me@host: now");
  assert.match(printedFailure(refusal, false).text, /"ann": 530 ask me@host: now/);
});
