// MLSx lines: an entry printed and parsed is the same entry.

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Entry } from "../../shared/entry.ts";
import { entryOfFacts, formatFacts, parseFacts } from "../../shared/facts.ts";

const name = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) =>
  !/[\r\n\0/]/.test(text)
);
const entry: fc.Arbitrary<Entry> = fc.record({
  name,
  type: fc.constantFrom("file", "directory", "other"),
  size: fc.nat(),
  modifiedMs: fc.nat({ max: 4_000_000_000 }).map((seconds) => seconds * 1000),
}).chain((known) =>
  fc.record({ mode: fc.nat({ max: 0o7777 }), unique: fc.stringMatching(/^[0-9a-f]{1,20}$/) }, {
    requiredKeys: [],
  }).map((more) => ({ ...known, ...more, size: known.type === "file" ? known.size : 0 }))
);

Deno.test("an entry printed as facts parses to itself", () => {
  fc.assert(fc.property(entry, (given) => {
    const line = parseFacts(formatFacts(given, { permissions: "r" }));
    assert.ok(line.ok);
    assert.deepEqual(entryOfFacts(line.value), given);
  }));
});

Deno.test("only the facts asked for are printed", () => {
  const given: Entry = {
    name: "a",
    type: "file",
    size: 1,
    modifiedMs: 0,
    mode: 0o600,
    unique: "u",
  };
  const print = (...only: string[]) =>
    formatFacts(given, { only: new Set(only), permissions: "r" });
  assert.equal(print("size", "unix.mode"), "size=1;UNIX.mode=0600; a");
  assert.equal(print(), " a");
});

Deno.test("facts of any case and unknown facts are read", () => {
  const line = parseFacts("TYPE=Dir;X.new=;Modify=19700101000001; name; with = signs");
  assert.ok(line.ok);
  const { type, modifiedMs, name } = entryOfFacts(line.value);
  assert.deepEqual({ type, modifiedMs, name }, {
    type: "directory",
    modifiedMs: 1000,
    name: "name; with = signs",
  });
});

Deno.test("facts that make no sense count as 0", () => {
  const line = parseFacts("type=file;size=-1;modify=yesterday;UNIX.mode=9; a");
  assert.ok(line.ok);
  assert.deepEqual(entryOfFacts(line.value), { name: "a", type: "file", size: 0, modifiedMs: 0 });
});

for (const text of ["", "size=1;", "size=1; ", "size; a", "=1; a"]) {
  Deno.test(`"${text}" is no facts line`, () => assert.equal(parseFacts(text).ok, false));
}

Deno.test("no text makes the parser throw", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const line = parseFacts(text);
    if (line.ok) entryOfFacts(line.value);
  }));
});
