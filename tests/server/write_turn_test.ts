// Turns at writing: one thread at a time, and none is held up for ever by one that died.

import assert from "node:assert/strict";
import { WriteTurn, writeTurnMemory } from "../../server/runtime/write_turn.ts";

const TAKEN = 1;

/** A thread that can take turns at adding one to a number that the turn alone keeps whole. */
async function countingThread() {
  const program = new URL("../support/turn_taking_worker.ts", import.meta.url);
  const worker = new Worker(program, { type: "module" });
  const next = () =>
    new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
  await next(); // it is ready
  return {
    count(plan: { turn: SharedArrayBuffer; count: SharedArrayBuffer; times: number }) {
      worker.postMessage(plan);
      return next();
    },
    [Symbol.dispose]: () => worker.terminate(),
  };
}

Deno.test("of several threads one at a time has its turn", async () => {
  const plan = { turn: writeTurnMemory(), count: new SharedArrayBuffer(4), times: 3000 };
  using one = await countingThread();
  using two = await countingThread();
  using three = await countingThread();
  await Promise.all([one, two, three].map((thread) => thread.count(plan)));
  assert.equal(new Int32Array(plan.count)[0], 3 * plan.times);
  assert.equal(new Int32Array(plan.turn)[0], 0);
});

Deno.test("a thread that died in its turn holds the next one up once", () => {
  const memory = writeTurnMemory();
  new Int32Array(memory)[0] = TAKEN;
  const turn = new WriteTurn(memory);
  const msOf = (work: () => void) => {
    const began = performance.now();
    work();
    return performance.now() - began;
  };
  let held: number | undefined;
  assert.ok(msOf(() => turn.take(() => held = new Int32Array(memory)[0])) >= 10);
  assert.notEqual(held, 0);
  assert.equal(new Int32Array(memory)[0], 0);
});

Deno.test("what is done in a turn comes back, and what it throws ends the turn, too", () => {
  const memory = writeTurnMemory();
  const turn = new WriteTurn(memory);
  assert.equal(turn.take(() => 7), 7);
  assert.throws(() => turn.take(() => assert.fail("thrown")), /thrown/);
  assert.equal(new Int32Array(memory)[0], 0);
});
