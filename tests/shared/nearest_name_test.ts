// Suggestions for mistyped names.

import assert from "node:assert/strict";
import fc from "fast-check";
import { nearestName } from "../../shared/nearest_name.ts";

const KNOWN = ["serve", "connect", "put", "get", "ls", "mkdir", "rm", "rmdir"];

Deno.test("one or two slips still find the name", () => {
  const typed: [string, string][] = [
    ["serv", "serve"],
    ["sevre", "serve"],
    ["srevee", "serve"],
    ["conect", "connect"],
    ["PUT", "put"],
    ["mkdr", "mkdir"],
    ["rn", "rm"],
  ];
  for (const [text, meant] of typed) assert.equal(nearestName(text, KNOWN), meant, text);
});

Deno.test("another word is no slip", () => {
  for (const text of ["", "upload", "xyz", "a".repeat(10_000)]) {
    assert.equal(nearestName(text, KNOWN), undefined);
  }
});

Deno.test("a known name is its own nearest, and one swap of neighbours finds it", () => {
  fc.assert(fc.property(fc.stringMatching(/^[a-z]{5,12}$/), fc.nat(3), (name, at) => {
    assert.equal(nearestName(name, [name]), name);
    const swapped = name.slice(0, at) + name.slice(at, at + 2).split("").reverse().join("") +
      name.slice(at + 2);
    assert.equal(nearestName(swapped, [name]), name);
  }));
});
