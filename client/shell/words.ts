// A line of the shell as words: blanks part them, quotes and backslashes keep them together.

import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";

/** One word. */
export interface Word {
  readonly text: string;
  /** Whether any of it was quoted: `*` and `?` are characters then, and `-r` is a name. */
  readonly isQuoted: boolean;
}

/**
 * Parts a line. `'…'` keeps everything, `"…"` everything but `\"` and `\\`; outside of quotes `\` keeps the next
 * character, and a `#` that starts a word ends the line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseWords } from "./words.ts";
 * assert.deepEqual(parseWords(`put 'a b' "*"  # home`), {
 *   ok: true,
 *   value: [
 *     { text: "put", isQuoted: false },
 *     { text: "a b", isQuoted: true },
 *     { text: "*", isQuoted: true },
 *   ],
 * });
 * ```
 */
export function parseWords(line: string): Parsed<Word[]> {
  const words: Word[] = [];
  let at = 0;
  while (true) {
    while (at < line.length && BLANK.test(line.charAt(at))) at++;
    if (at === line.length || line[at] === "#") return parsed(words);
    let text = "";
    let isQuoted = false;
    while (at < line.length && !BLANK.test(line.charAt(at))) {
      const part = partAt(line, at);
      if (part === undefined) return unparsed("a quote is not closed");
      text += part.text;
      isQuoted ||= part.isQuoted;
      at = part.end;
    }
    words.push({ text, isQuoted });
  }
}

/** The word as it must be typed to be read as itself. */
export function quoteWord(text: string): string {
  if (/^[^\s'"\\#*?[-][^\s'"\\*?[]*$/.test(text)) return text;
  return text.includes("'") ? `"${text.replace(/["\\]/g, "\\$&")}"` : `'${text}'`;
}

const BLANK = /\s/;

interface Part {
  readonly text: string;
  readonly isQuoted: boolean;
  /** Where the line goes on. */
  readonly end: number;
}

/** The quoted stretch or the character at a place; `undefined` when a quote is not closed. */
function partAt(line: string, at: number): Part | undefined {
  const quote = line[at];
  if (quote === "\\") {
    // A backslash at the very end stands for itself.
    return { text: line[at + 1] ?? "\\", isQuoted: true, end: Math.min(at + 2, line.length) };
  }
  if (quote !== "'" && quote !== '"') {
    return { text: line.charAt(at), isQuoted: false, end: at + 1 };
  }
  let text = "";
  for (let each = at + 1; each < line.length; each++) {
    if (line[each] === quote) return { text, isQuoted: true, end: each + 1 };
    const isEscape = quote === '"' && line[each] === "\\" && /["\\]/.test(line[each + 1] ?? "");
    if (isEscape) each++;
    text += line.charAt(each);
  }
  return undefined;
}
