// Plays command line transcripts: texts that show what is typed and everything the program answers.
//
//   # a comment
//   FILE {home}/ftp.ini         a file, made of the `+ ` lines that follow
//   + [server]
//   $ NAME=value ftp user ls    a command, with environment before it; "..." is one argument
//   < text                      a line of its standard input
//   | text                      a line of standard output, exactly
//   |~ pattern                  the same, as a regular expression that matches the whole line
//   |...                        any number of lines, up to one that the next line expects
//   ! text, !~ pattern, !...    the same of standard error
//   exit 2                      the exit code; it ends each command
//   SERVER ann:secret           before the first command: `ftp serve {home}` runs, with this account
//
// {home} and {here} stand for a data directory and a working directory of the transcript's own; the latter is HOME,
// too. {server} is the server's HOST:PORT, {pin} its certificate's fingerprint.

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { runFtp, runWell } from "./program.ts";
import { startServer } from "./server_process.ts";
import { temporaryDirectory } from "./temporary_directory.ts";

/** A line that was expected: a text, a pattern, or any number of any lines. */
type Expected = string | RegExp | typeof ANY_LINES;

const ANY_LINES = Symbol("any number of lines");

/** One command of a transcript and all it answers. */
interface Step {
  readonly line: number;
  readonly command: string;
  readonly stdin: string[];
  readonly stdout: Expected[];
  readonly stderr: Expected[];
  readonly files: Map<string, string[]>;
  exitCode: number | undefined;
}

/** Plays a transcript; the first answer that differs fails with its line. */
export async function playTranscript(name: string, text: string): Promise<void> {
  await using directory = await temporaryDirectory();
  const [home, here] = [join(directory.path, "home"), join(directory.path, "here")];
  for (const path of [home, here]) await Deno.mkdir(path);
  const [, user, password = ""] = /^SERVER ([^:\n]+):(.*)$/m.exec(text) ?? [];
  await using server = user === undefined
    ? undefined
    : await startServer({ home, users: { [user]: password } });
  // Deno keeps its cache below HOME, and that is the transcript's own.
  const { denoDir } = JSON.parse(await runWell(Deno.execPath(), ["info", "--json"]));
  const places = { home, here, server: server?.address ?? "", pin: server?.fingerprint ?? "" };
  for (const step of parseTranscript(text)) {
    await playStep(`${name}:${step.line}`, step, places, denoDir);
  }
}

/** What the names in braces stand for. */
type Places = Readonly<Record<"home" | "here" | "server" | "pin", string>>;

async function playStep(
  where: string,
  step: Step,
  places: Places,
  denoDir: string,
): Promise<void> {
  for (const [path, lines] of step.files) {
    const file = placed(path, places);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, placed(lines.map((line) => `${line}\n`).join(""), places));
  }
  const words = splitWords(placed(step.command, places));
  const start = words.indexOf("ftp");
  assert.ok(start >= 0, `${where}: a command starts with ftp`);
  const ending = await runFtp(words.slice(start + 1), {
    cwd: places.here,
    env: {
      HOME: places.here,
      DENO_DIR: denoDir,
      XDG_CONFIG_HOME: "",
      ...Object.fromEntries(words.slice(0, start).map((word) => word.split(/=(.*)/s, 2))),
    },
    stdin: step.stdin.map((line) => `${line}\n`).join(""),
  });
  const answer = {
    stdout: unplaced(ending.stdout, places),
    stderr: unplaced(ending.stderr, places),
  };
  const shown =
    `${where}: $ ${step.command}\n${answer.stdout}${answer.stderr}exit ${ending.code}\n`;
  compare(`${shown}standard output`, answer.stdout, step.stdout);
  compare(`${shown}standard error`, answer.stderr, step.stderr);
  assert.equal(ending.code, step.exitCode, `${shown}exit code`);
}

function compare(what: string, actual: string, expected: readonly Expected[]): void {
  assert.ok(actual === "" || actual.endsWith("\n"), `${what} does not end its last line`);
  const lines = actual === "" ? [] : actual.slice(0, -1).split("\n");
  let at = 0;
  for (const [index, wanted] of expected.entries()) {
    if (wanted !== ANY_LINES) {
      assert.ok(isExpected(lines[at++], wanted), `${what}: expected here: ${String(wanted)}`);
      continue;
    }
    const next = expected[index + 1];
    while (at < lines.length && (next === undefined || !isExpected(lines[at], next))) at++;
  }
  assert.equal(lines[at], undefined, `${what}: unexpected line`);
}

function isExpected(line: string | undefined, wanted: Expected): boolean {
  if (line === undefined || wanted === ANY_LINES) return false;
  return typeof wanted === "string" ? line === wanted : wanted.test(line);
}

function parseTranscript(text: string): Step[] {
  const steps: Step[] = [];
  let files = new Map<string, string[]>();
  let file: string[] | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("#") || line.startsWith("SERVER ")) continue;
    const [, mark = "", rest = ""] =
      /^(FILE|\+|\$|<|\|~|\|\.\.\.|\||!~|!\.\.\.|!|exit)(?: (.*))?$/.exec(line) ?? [];
    const step = steps.at(-1);
    const where = `line ${index + 1}: ${line}`;
    if (mark === "FILE") files.set(rest, file = []);
    else if (mark === "+") required(file, where).push(rest);
    else if (mark === "$") {
      assert.ok(step === undefined || step.exitCode !== undefined, `${where}: exit is missing`);
      const command = { line: index + 1, command: rest, stdin: [], stdout: [], stderr: [], files };
      steps.push({ ...command, exitCode: undefined });
      files = new Map();
    } else if (mark === "<") required(step, where).stdin.push(rest);
    else if (mark === "exit") required(step, where).exitCode = Number(rest);
    else {
      const { stdout, stderr } = required(step, where);
      const lines = mark.startsWith("|") ? stdout : stderr;
      assert.notEqual(mark, "", `${where}: unknown mark`);
      lines.push(expectation(mark, rest));
    }
  }
  assert.notEqual(steps.at(-1)?.exitCode, undefined, "the last exit is missing");
  return steps;
}

function expectation(mark: string, rest: string): Expected {
  if (mark.endsWith("...")) return ANY_LINES;
  return mark.endsWith("~") ? new RegExp(`^(?:${rest})$`, "u") : rest;
}

function required<T>(value: T | undefined, where: string): T {
  assert.ok(value !== undefined, `${where}: it does not belong here`);
  return value;
}

function splitWords(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

function placed(text: string, places: Places): string {
  return text.replace(/\{(home|here|server|pin)\}/g, (_, name: keyof Places) => places[name]);
}

function unplaced(text: string, places: Places): string {
  let shown = text;
  for (const [name, value] of Object.entries(places)) {
    if (value !== "") shown = shown.replaceAll(value, `{${name}}`);
  }
  return shown;
}
