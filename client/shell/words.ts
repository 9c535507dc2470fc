// A line of the shell as commands and words: blanks part words, `;` and `&&` commands, quotes keep them together.

import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";

/** One word. */
export interface Word {
  readonly text: string;
  /** Whether any of it was quoted: `*` and `?` are characters then, and `-r` is a name. */
  readonly isQuoted: boolean;
}

/** One command of a line. */
export interface Step {
  readonly words: readonly Word[];
  /** Whether `&&` stands before it: it runs only when the command before it went well. */
  readonly needsSuccess: boolean;
}

/** The word that a cursor at the end of a line stands in; a new, empty one behind a blank. */
export interface UnfinishedWord {
  /** The words of the same command before it. */
  readonly before: readonly Word[];
  readonly text: string;
  /** Where it starts in the line, quotes and backslashes included. */
  readonly start: number;
  /** The quote that is open. */
  readonly openQuote: string | undefined;
}

/**
 * Parts a line. `'…'` keeps everything, `"…"` everything but `\"` and `\\`; outside of quotes `\` keeps the next
 * character, and a `#` that starts a word ends the line. A command that starts with `!` is the rest of the line
 * as it stands: `!` and one word.
 *
 * @returns `why` is `open-quote`, or `lonely-and` where a command is missing beside `&&`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseLine } from "./words.ts";
 * assert.deepEqual(parseLine(`cd 'a b' && put "*"  # home`), {
 *   ok: true,
 *   value: [
 *     { words: [{ text: "cd", isQuoted: false }, { text: "a b", isQuoted: true }], needsSuccess: false },
 *     { words: [{ text: "put", isQuoted: false }, { text: "*", isQuoted: true }], needsSuccess: true },
 *   ],
 * });
 * ```
 */
export function parseLine(line: string): Parsed<Step[]> {
  const steps: Step[] = [];
  for (const { words, separator, needsSuccess } of scan(line)) {
    if (words.at(-1)?.openQuote !== undefined) return unparsed("open-quote");
    if (words.length > 0) {
      steps.push({
        words: words.map(({ text, isQuoted }) => ({ text, isQuoted })),
        needsSuccess,
      });
    } else if (needsSuccess || separator === "&&") {
      return unparsed("lonely-and");
    }
  }
  return parsed(steps);
}

/** The word at the end of what was typed so far, whether or not its quotes are closed. */
export function unfinishedWord(line: string): UnfinishedWord {
  const { words } = scan(line).at(-1)!;
  const last = words.at(-1);
  if (last === undefined || last.end < line.length) {
    return { before: words, text: "", start: line.length, openQuote: undefined };
  }
  const { text, start, openQuote } = last;
  return { before: words.slice(0, -1), text, start, openQuote };
}

/**
 * A word as it must be typed to be read as itself: by backslashes, or inside the quote that is open, so
 * that what stands there already need not change.
 */
export function continueWord(text: string, openQuote: string | undefined): string {
  if (openQuote === '"') return `"${text.replace(/["\\]/g, "\\$&")}`;
  if (openQuote === "'" && !text.includes("'")) return `'${text}`;
  return text.replace(/^[#!-]|[\s'"\\*?[;&]/g, "\\$&");
}

const BLANK = /\s/;

interface ScannedWord extends Word {
  readonly start: number;
  /** One past its last character. */
  readonly end: number;
  readonly openQuote: string | undefined;
}

interface ScannedStep {
  readonly words: readonly ScannedWord[];
  readonly needsSuccess: boolean;
  /** What ends it: `;`, `&&`, or nothing at the end of the line. */
  readonly separator: string;
}

/** All steps of a line, at least one; the last one is where the line ends. */
function scan(line: string): ScannedStep[] {
  const steps: ScannedStep[] = [];
  let words: ScannedWord[] = [];
  let needsSuccess = false;
  let at = 0;
  while (at < line.length) {
    const separator = separatorAt(line, at);
    if (separator !== "") {
      steps.push({ words, needsSuccess, separator });
      words = [];
      needsSuccess = separator === "&&";
      at += separator.length;
    } else if (BLANK.test(line.charAt(at))) at++;
    else if (line[at] === "#") break;
    else if (line[at] === "!" && words.length === 0) {
      words = [escape(line, at, at + 1), escape(line, at + 1, line.length)];
      break;
    } else {
      const word = wordAt(line, at);
      words.push(word);
      at = word.end;
    }
  }
  return [...steps, { words, needsSuccess, separator: "" }];
}

/** A stretch of a line for another program: our quotes mean nothing in it. */
function escape(line: string, start: number, end: number): ScannedWord {
  const text = line.slice(start, end).trim();
  return { text, isQuoted: true, start, end, openQuote: undefined };
}

function separatorAt(line: string, at: number): string {
  if (line[at] === ";") return ";";
  return line.startsWith("&&", at) ? "&&" : "";
}

function wordAt(line: string, start: number): ScannedWord {
  let text = "";
  let isQuoted = false;
  let openQuote: string | undefined;
  let at = start;
  while (at < line.length && !BLANK.test(line.charAt(at)) && separatorAt(line, at) === "") {
    const part = partAt(line, at);
    text += part.text;
    isQuoted ||= part.isQuoted;
    openQuote = part.openQuote;
    at = part.end;
  }
  return { text, isQuoted, start, end: at, openQuote };
}

interface Part {
  readonly text: string;
  readonly isQuoted: boolean;
  /** Where the line goes on. */
  readonly end: number;
  readonly openQuote: string | undefined;
}

/** The quoted stretch or the character at a place. */
function partAt(line: string, at: number): Part {
  const quote = line[at];
  if (quote === "\\") {
    // A backslash at the very end stands for itself.
    const end = Math.min(at + 2, line.length);
    return { text: line[at + 1] ?? "\\", isQuoted: true, end, openQuote: undefined };
  }
  if (quote !== "'" && quote !== '"') {
    return { text: line.charAt(at), isQuoted: false, end: at + 1, openQuote: undefined };
  }
  let text = "";
  for (let each = at + 1; each < line.length; each++) {
    if (line[each] === quote) return { text, isQuoted: true, end: each + 1, openQuote: undefined };
    const isEscape = quote === '"' && line[each] === "\\" && /["\\]/.test(line[each + 1] ?? "");
    if (isEscape) each++;
    text += line.charAt(each);
  }
  return { text, isQuoted: true, end: line.length, openQuote: quote };
}
