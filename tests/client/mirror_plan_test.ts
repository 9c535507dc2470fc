// What a mirror finds to do in one folder.

import assert from "node:assert/strict";
import { type MirrorEntry, type MirrorRules, planFolder } from "../../client/mirror.ts";

const ALL: MirrorRules = { include: [], exclude: [], newerOnly: false };
const NOON = Date.UTC(2025, 0, 31, 12);

function file(name: string, size: number | undefined = 5, modifiedMs: number | undefined = NOON) {
  return { name, kind: "file", size, modifiedMs, exactToMs: 1000 } as const;
}

function folder(name: string): MirrorEntry {
  return { name, kind: "folder", size: undefined, modifiedMs: NOON, exactToMs: 1000 };
}

function names(entries: readonly MirrorEntry[]): string[] {
  return entries.map(({ name }) => name);
}

Deno.test("what is missing, of another size or older is moved; the rest is the same", () => {
  const source = [file("missing"), file("longer", 6), file("newer", 5, NOON + 2000), file("same")];
  const target = [file("longer"), file("newer"), file("same", 5, NOON + 9000)];
  const plan = planFolder("", source, target, ALL);
  assert.deepEqual(names(plan.moves), ["missing", "longer", "newer"]);
  assert.equal(plan.same, 1);
});

Deno.test("a time is compared as exactly as the end that knows less of it", () => {
  const listed = { ...file("a", 5, NOON), exactToMs: 60_000 };
  assert.equal(planFolder("", [file("a", 5, NOON + 59_000)], [listed], ALL).moves.length, 0);
  assert.equal(planFolder("", [file("a", 5, NOON + 60_000)], [listed], ALL).moves.length, 1);
});

Deno.test("a size that nobody told makes nothing the same", () => {
  const unknown: MirrorEntry = { ...file("a"), size: undefined };
  assert.deepEqual(names(planFolder("", [unknown], [file("a")], ALL).moves), ["a"]);
});

Deno.test("newer only counts time, whatever the sizes", () => {
  const rules = { ...ALL, newerOnly: true };
  const source = [file("longer", 6), file("newer", 5, NOON + 2000), file("missing")];
  const plan = planFolder("", source, [file("longer"), file("newer")], rules);
  assert.deepEqual(names(plan.moves), ["newer", "missing"]);
});

Deno.test("patterns choose files by name or by path, and protect what only the target has", () => {
  const rules = { ...ALL, include: ["*.txt"], exclude: [".*", "sub/secret.*"] };
  const source = [file("a.txt"), file("b.bin"), file(".hidden.txt"), file("secret.txt")];
  const target = [file("old.txt"), file("old.bin"), file(".old.txt")];
  const plan = planFolder("sub/", source, target, rules);
  assert.deepEqual(names(plan.moves), ["a.txt"]);
  assert.deepEqual(names(plan.surplus), ["old.txt"]);
});

Deno.test("a folder where a file should be is told, and neither is touched", () => {
  const plan = planFolder("", [folder("a"), file("b")], [file("a"), folder("b")], ALL);
  assert.deepEqual(plan.conflicts, ["a", "b"]);
  assert.deepEqual([plan.moves, plan.folders, plan.surplus], [[], [], []]);
});

Deno.test("links are neither moved nor removed, and keep what has their name", () => {
  const link: MirrorEntry = { ...file("link"), kind: "other" };
  const plan = planFolder("", [link], [file("link"), { ...link, name: "other" }], ALL);
  assert.deepEqual([plan.moves, plan.surplus, plan.conflicts], [[], [], []]);
});
