// Globs: what fits what, and that no pattern takes long.

import assert from "node:assert/strict";
import fc from "fast-check";
import { fitsPattern, isPattern } from "../../shared/name_pattern.ts";

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

Deno.test("a pattern that would make a backtracking matcher hang is answered", () => {
  assert.equal(fitsPattern("*a".repeat(100) + "b", "a".repeat(255)), false);
});
