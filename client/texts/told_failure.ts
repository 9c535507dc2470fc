// A failure in the person's language: its sentences were made where nobody knew who would read them.

import { CommandFailure } from "../../shared/exit_code.ts";
import type { Texts } from "./english.ts";

/** A longer sentence holds a server's or a file's own words, and is told as it is. */
const LIMIT_CHARACTERS = 1_000;

/** The same failure, as far as there are texts for it; what is no failure of a command stays as it is. */
export function toldFailure(failure: unknown, { failures }: Texts): unknown {
  if (!(failure instanceof CommandFailure)) return failure;
  const { exitCode, tried, happened, hint, cause } = failure;
  return new CommandFailure(
    exitCode,
    toldSentence(tried, failures),
    toldSentence(happened, failures),
    {
      cause,
      ...(hint === undefined ? {} : { hint: toldSentence(hint, failures) }),
    },
  );
}

/**
 * The sentence in the table's language; itself where the table has none for it.
 *
 * @param table by the English sentence, in which `{}` stands for what goes in; `{1}` is the first of these.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { toldSentence } from "./told_failure.ts";
 * const table = { "get {} from {}": "{2}: {1} holen", "it is {}": "es ist {1}", "a folder": "ein Ordner" };
 * assert.equal(toldSentence('get "a" from b', table), 'b: "a" holen');
 * assert.equal(toldSentence("it is a folder", table), "es ist ein Ordner");
 * assert.equal(toldSentence("nobody knows", table), "nobody knows");
 * ```
 */
export function toldSentence(english: string, table: Readonly<Record<string, string>>): string {
  const exact = Object.hasOwn(table, english) ? table[english] : undefined;
  if (exact !== undefined) return exact;
  if (english.length > LIMIT_CHARACTERS) return english;
  const fitting = Object.entries(table)
    .map(([key, told]) => ({ key, told, found: patternOf(key)?.exec(english) }))
    .filter(({ found }) => found);
  // The one with the most words of its own says best what was meant.
  const best = fitting.sort((a, b) => ownLength(b.key) - ownLength(a.key))[0];
  if (best === undefined) return english;
  return best.told.replace(/\{(\d)\}/g, (_mark, at: string) => {
    const given = best.found?.[Number(at)] ?? "";
    // It may be a phrase of its own; it is shorter, so that this ends.
    return given.length < english.length ? toldSentence(given, table) : given;
  });
}

function ownLength(key: string): number {
  return key.replaceAll("{}", "").length;
}

/** `undefined` for a sentence that nothing goes into. */
function patternOf(key: string): RegExp | undefined {
  if (!key.includes("{}")) return undefined;
  const parts = key.split("{}").map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return new RegExp(`^${parts.join("(.+)")}$`, "su");
}
