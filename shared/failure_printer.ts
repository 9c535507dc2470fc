// How a failed command tells the person: one line, perhaps a hint, and the exit code for the script.

import { CommandFailure, ExitCode } from "./exit_code.ts";
import { isFault } from "./fault.ts";

/** Whoever read our standard output has left (`ftp ls | head`): nobody is there to be told. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

/** What a failure comes to. */
export interface PrintedFailure {
  /** Whole lines, ended. Empty where there is nobody to tell. */
  readonly text: string;
  readonly exitCode: ExitCode;
}

/**
 * The lines and the exit code of anything that was thrown.
 *
 * @param debug whether the stack and its causes follow (FTP_DEBUG=1).
 */
export function printedFailure(failure: unknown, debug: boolean): PrintedFailure {
  const { text, exitCode } = wholeFailure(failure, debug);
  return { text: withoutPasswords(text), exitCode };
}

/**
 * SECURITY: an address that does not read is told as it was typed, but what may be a password in it (`ann:x@host`,
 * `ftp://ann:x@host`) is not: what scripts write on standard error ends in logs.
 */
function withoutPasswords(text: string): string {
  return text
    .replace(/("(?:[a-z]+:\/\/)?[^\s"/@:[]+):(?!\/\/)[^"\n]*@/gi, "$1:****@")
    .replace(/(\/\/[^\s"/@:[]+):[^\s"]{1,200}@/g, "$1:****@");
}

function wholeFailure(failure: unknown, debug: boolean): PrintedFailure {
  if (failure instanceof ReaderGone) return { text: "", exitCode: ExitCode.failed };
  const trace = debug ? `${Deno.inspect(failure)}\n` : "";
  if (failure instanceof CommandFailure) {
    const hint = failure.hint === undefined ? "" : `hint: ${oneLine(failure.hint)}\n`;
    const text = `ftp: ${oneLine(`${failure.tried}: ${failure.happened}`)}\n${hint}${trace}`;
    return { text, exitCode: failure.exitCode };
  }
  const said = isFault(failure) || failure instanceof Error ? failure.message : String(failure);
  const hint = debug ? trace : "hint: FTP_DEBUG=1 in the environment shows where it happened\n";
  return { text: `ftp: unexpected: ${oneLine(said)}\n${hint}`, exitCode: ExitCode.failed };
}

/** SECURITY: text of a peer inside a message can neither start a line, steer the terminal nor turn around. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
}
