// Memory is given back when a thread has become quiet, and nothing is done about it before.

import assert from "node:assert/strict";
import { type HeapLook, judgeHeap, MemoryReturn } from "../../server/memory_return.ts";
import { within } from "../../shared/deadline.ts";

const MIB = 1024 * 1024;

Deno.test("a quiet heap is looked through once enough of it may be garbage", () => {
  const quiet = (look: Partial<HeapLook>) =>
    judgeHeap({
      usedBytes: 0,
      beforeBytes: look.usedBytes ?? 0,
      keptBytes: 0,
      departures: 0,
      ...look,
    });
  assert.equal(quiet({ usedBytes: 10 * MIB }), "collect");
  assert.equal(quiet({ usedBytes: 10 * MIB, keptBytes: 9 * MIB }), "leave");
  assert.equal(quiet({ usedBytes: 10 * MIB, keptBytes: 8 * MIB }), "collect");
  // The larger the heap, the longer the pause: more must be won by it.
  assert.equal(quiet({ usedBytes: 100 * MIB, keptBytes: 90 * MIB }), "leave");
  assert.equal(quiet({ usedBytes: 100 * MIB, keptBytes: 80 * MIB }), "collect");
  // What sessions left behind does not show in the size.
  assert.equal(quiet({ usedBytes: 10 * MIB, keptBytes: 10 * MIB, departures: 100 }), "leave");
  assert.equal(quiet({ usedBytes: 10 * MIB, keptBytes: 10 * MIB, departures: 150 }), "collect");
});

Deno.test("a heap that grows or shrinks is waited for", () => {
  const look = { usedBytes: 50 * MIB, keptBytes: 0, departures: 0 };
  assert.equal(judgeHeap({ ...look, beforeBytes: 48 * MIB }), "wait");
  assert.equal(judgeHeap({ ...look, beforeBytes: 52 * MIB }), "wait");
  assert.equal(judgeHeap({ ...look, beforeBytes: 49.5 * MIB }), "collect");
});

Deno.test("what the last session left behind is collected, and then nothing is watched", async () => {
  const collected = Promise.withResolvers<void>();
  const registry = new FinalizationRegistry<string>(() => collected.resolve());
  const leaveBehind = () => registry.register({ buffer: new Uint8Array(8 * MIB) }, "");
  // Not disposed of: the leak sanitizer would tell of a timer that goes on.
  const memory = new MemoryReturn(() => 0);
  leaveBehind();
  memory.depart();
  await within(collected.promise, { limitMs: 10_000 });
});
