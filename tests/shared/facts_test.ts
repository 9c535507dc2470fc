// MLSx lines: an entry printed and parsed is the same entry.

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Entry } from "../../shared/entry.ts";
import { formatFacts, parseFacts } from "../../shared/facts.ts";

const name = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) =>
  !/[\r\n\0/]/.test(text)
);
const time = fc.nat({ max: 4_000_000_000 }).map((seconds) => seconds * 1000);
const mode = fc.nat({ max: 0o7777 });
const unique = fc.stringMatching(/^[0-9a-f]{1,20}$/);
const entry: fc.Arbitrary<Entry> = fc.record({
  name,
  type: fc.constantFrom("file", "directory", "other"),
  size: fc.nat(),
  modifiedMs: time,
  createdMs: time,
  mode,
  unique,
}, { requiredKeys: ["name", "type", "size", "modifiedMs"] });

Deno.test("an entry printed as facts is read as what it was", () => {
  fc.assert(fc.property(entry, (given) => {
    const line = parseFacts(formatFacts(given, { permissions: "r" }));
    assert.ok(line.ok);
    assert.equal(line.value.name, given.name);
    const { type, size, modifiedMs, createdMs, mode, unique } = given;
    const told = {
      type: type === "directory" ? "dir" : type === "file" ? "file" : "OS.unix=other",
      ...type === "file" && { size: `${size}` },
      modify: timeText(modifiedMs),
      ...createdMs !== undefined && { create: timeText(createdMs) },
      perm: "r",
      ...unique !== undefined && { unique },
      ...mode !== undefined && { "unix.mode": mode.toString(8).padStart(4, "0") },
    };
    assert.deepEqual(Object.fromEntries(line.value.facts), told);
  }));
});

/** Its time as 14 digits, by the platform. */
function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "").replace(/\D/g, "");
}

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
  assert.equal(line.value.name, "name; with = signs");
  const facts = Object.fromEntries(line.value.facts);
  assert.deepEqual(facts, { type: "Dir", "x.new": "", modify: "19700101000001" });
});

for (const text of ["", "size=1;", "size=1; ", "size; a", "=1; a"]) {
  Deno.test(`"${text}" is no facts line`, () => assert.equal(parseFacts(text).ok, false));
}

Deno.test("a line is read when it has facts, a space and a name, and only then", () => {
  const verdicts = { read: 0, refused: 0 };
  const near = fc.string({ unit: fc.constantFrom("a", "b", "=", ";", " "), maxLength: 12 });
  fc.assert(
    fc.property(fc.oneof(fc.string(), near), (line) => {
      const [, facts, name] = /^([^ ]*) (.+)$/s.exec(line) ?? [];
      const isLine = facts?.split(";").every((fact) => fact === "" || /^[^=]+=/s.test(fact)) ??
        false;
      const read = parseFacts(line);
      verdicts[read.ok ? "read" : "refused"]++;
      assert.equal(read.ok, isLine, line);
      if (read.ok) assert.equal(read.value.name, name);
    }),
    { numRuns: 500 },
  );
  assert.ok(verdicts.read > 0 && verdicts.refused > 0);
});
