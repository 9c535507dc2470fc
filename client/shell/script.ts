// Where a script's lines come from, and how a failure names the line it came of.

import { CommandFailure } from "../../shared/exit_code.ts";
import type { Input } from "../input.ts";
import type { Texts } from "../texts/english.ts";
import { toldFailure } from "../texts/told_failure.ts";

/** Lines to be run one after the other. */
export interface Script {
  /** The next line; `null` after the last. @throws the signal's reason when it fires first */
  next(signal: AbortSignal): Promise<string | null>;
  /** Whether a failure ends a line only, and not the script. */
  readonly goesOn: boolean;
  /** The failure of a line, which counts from 1. */
  located(failure: unknown, line: number): unknown;
}

/** Lines as they are typed or piped in: who does that knows which one failed. */
export function inputScript(input: Input): Script {
  return {
    next: (signal) => input.readLine(signal),
    goesOn: false,
    located: (failure) => failure,
  };
}

/** Lines of a text that has a name: failures begin with `NAME:LINE`. */
export function namedScript(
  name: string,
  next: (signal: AbortSignal) => Promise<string | null>,
  goesOn: boolean,
  texts: Texts,
): Script {
  return {
    next,
    goesOn,
    located: (failure, line) => {
      const told = toldFailure(failure, texts);
      if (!(told instanceof CommandFailure)) return failure;
      const { exitCode, tried, happened, hint, cause } = told;
      return new CommandFailure(exitCode, `${name}:${line}: ${tried}`, happened, {
        cause,
        ...(hint === undefined ? {} : { hint }),
      });
    },
  };
}

/** The lines of a text, one after the other. */
export function linesOf(text: string): () => Promise<string | null> {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  let at = 0;
  return () => Promise.resolve(lines[at++] ?? null);
}
