// Reads a password from the person or from a pipe, without showing it.

import type { ByteSource } from "./byte_stream.ts";
import type { CommandWorld } from "./command_line.ts";
import { CommandFailure, ExitCode } from "./exit_code.ts";
import { Secret } from "./secret.ts";

const KEY = {
  ctrlC: 3,
  ctrlD: 4,
  backspace: 8,
  lf: 10,
  cr: 13,
  ctrlU: 21,
  escape: 27,
  delete: 127,
};

/** No password is longer; a pipe that never ends its line is not read for ever. */
const LIMIT_BYTES = 8192;

/**
 * Asks at the terminal; nothing of the answer is shown, not even its length.
 *
 * @throws CommandFailure where there is no terminal, and (interrupted) at Ctrl-C, Ctrl-D, end of input.
 */
export async function askSecret(world: CommandWorld, question: string): Promise<Secret> {
  const { stdin, stderr } = world;
  if (!stdin.isTerminal || !stderr.isTerminal) {
    throw new CommandFailure(ExitCode.usage, "password", "there is no terminal to ask at", {
      hint: "--password-stdin reads it from standard input",
    });
  }
  // First the keys, then the question: what is typed right upon it must neither be shown nor edited.
  using _keys = stdin.takeKeys("keys");
  try {
    stderr.print(question);
    return new Secret(await typedLine(stdin));
  } finally {
    stderr.print("\n");
  }
}

/**
 * The first line of standard input, its end (LF or CRLF) left out.
 *
 * @throws CommandFailure (usage) when there is none.
 */
export async function readSecretLine(stdin: ByteSource): Promise<Secret> {
  const bytes: number[] = [];
  // One byte at a time: what follows the line is for somebody else.
  const one = new Uint8Array(1);
  while (bytes.length <= LIMIT_BYTES) {
    const count = await stdin.read(one);
    if (count === null && bytes.length === 0) break;
    if (count === null || one[0] === KEY.lf) {
      if (bytes.at(-1) === KEY.cr) bytes.pop();
      return new Secret(textOf(bytes));
    }
    bytes.push(one[0] ?? 0);
  }
  const happened = bytes.length === 0
    ? "standard input is empty"
    : `a password has ${LIMIT_BYTES} bytes at most`;
  throw new CommandFailure(ExitCode.usage, "password from standard input", happened);
}

async function typedLine(stdin: ByteSource): Promise<string> {
  let typed: number[] = [];
  const buffer = new Uint8Array(256);
  while (typed.length <= LIMIT_BYTES) {
    const count = await stdin.read(buffer);
    if (count === null) throw givenUp();
    for (const key of withoutEscapes(buffer.subarray(0, count))) {
      if (key === KEY.cr || key === KEY.lf) return textOf(typed);
      if (key === KEY.ctrlC || key === KEY.ctrlD) throw givenUp();
      if (key === KEY.ctrlU) typed = [];
      else if (key === KEY.backspace || key === KEY.delete) typed = withoutLast(typed);
      else if (key >= 32) typed.push(key);
    }
  }
  throw new CommandFailure(ExitCode.usage, "password", `it has ${LIMIT_BYTES} bytes at most`);
}

/** The keys without arrows and the like (ESC [ ... letter, ESC O letter): no part of a password. */
function withoutEscapes(keys: Uint8Array): Uint8Array {
  const latin1 = Array.from(keys, (key) => String.fromCharCode(key)).join("");
  // deno-lint-ignore no-control-regex -- escape sequences start with a control character
  const kept = latin1.replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|O[@-~])?/g, "");
  return Uint8Array.from(kept, (character) => character.charCodeAt(0));
}

/** Without the last character, which in UTF-8 is a first byte and its followers (10xxxxxx). */
function withoutLast(utf8: readonly number[]): number[] {
  let end = utf8.length - 1;
  while (end > 0 && ((utf8[end] ?? 0) & 0xc0) === 0x80) end--;
  return utf8.slice(0, Math.max(end, 0));
}

function textOf(utf8: readonly number[]): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(utf8));
}

function givenUp(): CommandFailure {
  return new CommandFailure(ExitCode.interrupted, "password", "interrupted");
}
