// Words of a line: separated by blanks, in double quotes where they hold blanks themselves.

import { type Parsed, parsed, unparsed } from "./parsed.ts";

/**
 * Reads words; within quotes a doubled quote stands for one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseQuotedWords } from "./quoted_words.ts";
 * assert.deepEqual(parseQuotedWords('old "a ""new"" one"'), { ok: true, value: ["old", 'a "new" one'] });
 * assert.equal(parseQuotedWords('"open').ok, false);
 * ```
 */
export function parseQuotedWords(text: string): Parsed<string[]> {
  const words: string[] = [];
  const word = / *(?:"((?:[^"]|"")*)"|([^" ][^ ]*))(?= |$)/y;
  const end = text.trimEnd().length;
  while (word.lastIndex < end) {
    const match = word.exec(text);
    if (match === null) return unparsed("a word in quotes ends with a quote and a blank");
    words.push(match[2] ?? match[1]?.replaceAll('""', '"') ?? "");
  }
  return parsed(words);
}

/** A word as {@linkcode parseQuotedWords} reads it back: in quotes where it must be. */
export function quotedWord(word: string): string {
  return /^[^" ][^ ]*$/.test(word) ? word : `"${word.replaceAll('"', '""')}"`;
}
