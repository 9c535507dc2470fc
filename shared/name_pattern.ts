// The glob in the last part of a listing's argument: `*`, `?` and `[...]`, nothing else.

/** Longer names do not exist, and longer patterns match none. */
const PATTERN_LIMIT = 255;

/** Whether a name holds anything that a pattern gives a meaning. */
export function isPattern(name: string): boolean {
  return /[*?[]/.test(name);
}

/**
 * Whether `name` fits `pattern`. A name that starts with a dot wants a pattern that does.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fitsPattern } from "./name_pattern.ts";
 * assert.equal(fitsPattern("*.t[xy]t", "a.txt"), true);
 * assert.equal(fitsPattern("*", ".hidden"), false);
 * ```
 */
export function fitsPattern(pattern: string, name: string): boolean {
  return matcherOf(pattern)(name);
}

/** The same for many names: the pattern is read once. */
export function matcherOf(pattern: string): (name: string) => boolean {
  if (pattern.length > PATTERN_LIMIT) return () => false;
  const units = unitsOf(pattern);
  const wantsHidden = pattern.startsWith(".");
  return (name) => (wantsHidden || !name.startsWith(".")) && fitsUnits(units, Array.from(name));
}

/** A part of a pattern: any letters, or one that it judges. */
export type PatternUnit = "star" | ((letter: string) => boolean);

/**
 * Whether letters fit the parts of a pattern.
 *
 * SECURITY: a star only ever goes back to the last one, so that letters are judged at most as often as
 * there are letters times parts, whatever the pattern (no exponential search).
 */
export function fitsUnits(units: readonly PatternUnit[], letters: readonly string[]): boolean {
  let unit = 0;
  let letter = 0;
  let starUnit = -1;
  let starLetter = 0;
  while (letter < letters.length) {
    const current = units[unit];
    if (current === "star") {
      starUnit = unit++;
      starLetter = letter;
    } else if (current !== undefined && current(letters[letter] ?? "")) {
      unit++;
      letter++;
    } else if (starUnit >= 0) {
      unit = starUnit + 1;
      letter = ++starLetter;
    } else return false;
  }
  while (units[unit] === "star") unit++;
  return unit === units.length;
}

/** The parts of a pattern, in order. */
export function unitsOf(pattern: string): PatternUnit[] {
  const units: PatternUnit[] = [];
  const letters = Array.from(pattern);
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at] ?? "";
    // The first letter of a set may be `]` itself.
    const close = letter === "[" ? letters.indexOf("]", at + 2) : -1;
    if (letter === "*") units.push("star");
    else if (letter === "?") units.push(() => true);
    else if (close > 0) {
      units.push(setOf(letters.slice(at + 1, close)));
      at = close;
    } else units.push((given) => given === letter);
  }
  return units;
}

function setOf(letters: readonly string[]): (letter: string) => boolean {
  const isNegated = letters[0] === "!" || letters[0] === "^";
  const members = isNegated ? letters.slice(1) : letters;
  return (letter) => {
    let isMember = false;
    for (let at = 0; at < members.length; at++) {
      const first = members[at] ?? "";
      const last = members[at + 1] === "-" ? members[at + 2] : undefined;
      if (last === undefined) isMember ||= letter === first;
      else {
        isMember ||= first <= letter && letter <= last;
        at += 2;
      }
    }
    return isMember !== isNegated;
  };
}
