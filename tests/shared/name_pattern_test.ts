// Globs: what fits what, and that no pattern takes long.

import assert from "node:assert/strict";
import fc from "fast-check";
import { fitsPattern, fitsUnits, isPattern, unitsOf } from "../../shared/name_pattern.ts";

for (
  const [pattern, name, fits] of [
    ["*", "a", true],
    ["*", "", true],
    ["?", "", false],
    ["a*c", "abbbc", true],
    ["a*c", "abbb", false],
    ["*.txt", "a.txt.txt", true],
    ["?ber", "über", true],
    ["?", "😀", true],
    ["[a-c]x", "bx", true],
    ["[!a-c]x", "bx", false],
    ["[]]", "]", true],
    ["[a", "[a", true],
    [".*", ".hidden", true],
    ["*", ".hidden", false],
    ["[.]hidden", ".hidden", false],
  ] as const
) {
  Deno.test(`"${name}" ${fits ? "fits" : "does not fit"} "${pattern}"`, () => {
    assert.equal(fitsPattern(pattern, name), fits);
  });
}

Deno.test("a name without special characters fits itself and nothing else", () => {
  const plain = fc.stringMatching(/^[a-z]{1,6}$/);
  fc.assert(fc.property(plain, plain, (pattern, name) => {
    assert.equal(isPattern(pattern), false);
    assert.equal(fitsPattern(pattern, name), pattern === name);
  }));
});

Deno.test("stars fit what a regular expression would", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  const patterns = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 6 });
  fc.assert(fc.property(patterns, letters, (pattern, name) => {
    const same = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
    assert.equal(fitsPattern(pattern, name), same.test(name));
  }));
});

/** How many letters are judged until it is known whether the name fits. */
function judgements(pattern: string, name: string): number {
  let count = 0;
  const units = unitsOf(pattern).map((unit) =>
    unit === "star" ? unit : (letter: string) => (count++, unit(letter))
  );
  const fits = fitsUnits(units, Array.from(name));
  assert.equal(fits, fitsPattern(pattern, name));
  return count;
}

Deno.test("a pattern that would make a backtracking matcher hang is answered in bounded steps", () => {
  const name = "a".repeat(255);
  const patterns = [
    "*a".repeat(100) + "b",
    "*".repeat(200) + "b",
    "a*".repeat(127) + "b",
    "*" + "a".repeat(253) + "b",
    "*?".repeat(120) + "[b-z]",
    "*[a-z]".repeat(40) + "[!a]",
  ];
  for (const pattern of patterns) {
    assert.equal(fitsPattern(pattern, name), false);
    const steps = judgements(pattern, name);
    assert.ok(steps <= name.length * unitsOf(pattern).length, `${pattern}: ${steps}`);
  }
});

Deno.test("no pattern and no name take more steps than the product of their lengths", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 60 });
  const patterns = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 60 });
  fc.assert(fc.property(patterns, letters, (pattern, name) => {
    assert.ok(judgements(pattern, name) <= pattern.length * name.length);
  }));
});
