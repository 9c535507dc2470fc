// Memory is given back when a thread has become quiet, and nothing is done about it before.

import assert from "node:assert/strict";
import { HeapCourse, type HeapLook, judgeHeap, MemoryReturn } from "../../server/memory_return.ts";
import { within } from "../../shared/deadline.ts";

const MIB = 1024 * 1024;

/** Nothing to collect, and nobody came or went for long. */
const IDLE: HeapLook = {
  usedBytes: 10 * MIB,
  keptBytes: 10 * MIB,
  quietMs: 60_000,
  departures: 0,
  sessionsChange: 0,
};

Deno.test("a quiet heap is looked through once enough of it may be garbage", () => {
  assert.equal(judgeHeap(IDLE), "leave");
  assert.equal(judgeHeap({ ...IDLE, keptBytes: 0 }), "collect");
  assert.equal(judgeHeap({ ...IDLE, keptBytes: 9 * MIB }), "leave");
  assert.equal(judgeHeap({ ...IDLE, keptBytes: 8 * MIB }), "collect");
  // The larger the heap, the longer the pause: more must be won by it.
  assert.equal(judgeHeap({ ...IDLE, usedBytes: 100 * MIB, keptBytes: 90 * MIB }), "leave");
  assert.equal(judgeHeap({ ...IDLE, usedBytes: 100 * MIB, keptBytes: 80 * MIB }), "collect");
  // What sessions left behind does not show in the size.
  assert.equal(judgeHeap({ ...IDLE, departures: 100 }), "leave");
  assert.equal(judgeHeap({ ...IDLE, departures: 150 }), "collect");
});

Deno.test("after work the code is left warm for a while, after a crowd memory is given back at once", () => {
  const worked = { ...IDLE, keptBytes: 0 };
  assert.equal(judgeHeap({ ...worked, quietMs: 0 }), "wait");
  assert.equal(judgeHeap({ ...worked, quietMs: 29_500 }), "wait");
  assert.equal(judgeHeap({ ...worked, quietMs: 30_000 }), "collect");
  for (const sessionsChange of [100, -100]) {
    assert.equal(judgeHeap({ ...worked, sessionsChange, quietMs: 0 }), "wait");
    assert.equal(judgeHeap({ ...worked, sessionsChange, quietMs: 500 }), "collect");
  }
  assert.equal(judgeHeap({ ...worked, sessionsChange: 99, quietMs: 500 }), "wait");
});

Deno.test("what is done after a crowd that left little is not taken for the crowd's garbage", () => {
  const course = new HeapCourse();
  course.collected(20 * MIB, 120);
  for (let left = 0; left < 120; left++) course.depart();
  assert.equal(course.judge(20 * MIB, 0), "leave");
  assert.equal(course.judge(25 * MIB, 0), "wait");
  const quietPeriods = Array.from({ length: 60 }, () => course.judge(25 * MIB, 0));
  assert.deepEqual(new Set(quietPeriods.slice(0, -1)), new Set(["wait"]));
  assert.equal(quietPeriods.at(-1), "collect");
});

Deno.test("what the last session left behind is collected, and then nothing is watched", async () => {
  const collected = Promise.withResolvers<void>();
  const registry = new FinalizationRegistry<string>(() => collected.resolve());
  const leaveBehind = () => registry.register({ buffer: new Uint8Array(8 * MIB) }, "");
  // Not disposed of: the leak sanitizer would tell of a timer that goes on.
  const memory = new MemoryReturn(() => 0, 1);
  leaveBehind();
  memory.depart();
  await within(collected.promise, { limitMs: 10_000 });
});
