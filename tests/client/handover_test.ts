// A short queue between two tasks: everything in order, never more than its limit, both ends may stop.

import assert from "node:assert/strict";
import { Handover } from "../../client/handover.ts";
import { Fault, isFault } from "../../shared/fault.ts";

interface Numbered {
  readonly number: number;
}

async function putAll(handover: Handover<Numbered>, count: number, put: number[] = []) {
  for (let number = 0; number < count; number++) {
    await handover.put({ number });
    put.push(number);
  }
}

/** Lets everything that is ready to go on do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

Deno.test("everything that is put is taken, in order, by whoever is slower", async () => {
  const handover = new Handover<Numbered>(3);
  const putting = putAll(handover, 100).then(() => handover.end());
  const taken: number[] = [];
  for await (const { number } of handover) {
    taken.push(number);
    if (number % 7 === 0) await settled();
  }
  await putting;
  assert.deepEqual(taken, Array.from({ length: 100 }, (_, at) => at));
});

Deno.test("who puts waits while the limit waits to be taken", async () => {
  const handover = new Handover<Numbered>(3);
  const put: number[] = [];
  const putting = putAll(handover, 5, put);
  await settled();
  assert.deepEqual(put, [0, 1, 2]);
  const taking = handover[Symbol.asyncIterator]();
  await taking.next();
  await settled();
  assert.deepEqual(put, [0, 1, 2, 3]);
  await taking.next();
  await putting;
});

Deno.test("who waits to put is told that nobody takes any more", async () => {
  const handover = new Handover<Numbered>(1);
  await handover.put({ number: 0 });
  const putting = assert.rejects(handover.put({ number: 1 }), (e) => isFault(e, "aborted"));
  handover.end();
  await putting;
});

Deno.test("a failure is told after what came before it, and before the end", async () => {
  const handover = new Handover<Numbered>(3);
  await handover.put({ number: 0 });
  handover.fail(new Fault("truncated"));
  handover.fail(new Fault("timed-out"));
  const taken: number[] = [];
  const taking = (async () => {
    for await (const { number } of handover) taken.push(number);
  })();
  await assert.rejects(taking, (e) => isFault(e, "truncated"));
  assert.deepEqual(taken, [0]);
});

Deno.test("who waits to take is told of a value and of the end", async () => {
  const handover = new Handover<Numbered>(3);
  const taking = handover[Symbol.asyncIterator]();
  const first = taking.next();
  await settled();
  await handover.put({ number: 7 });
  assert.deepEqual(await first, { done: false, value: { number: 7 } });
  const second = taking.next();
  await settled();
  handover.end();
  assert.deepEqual(await second, { done: true, value: undefined });
});
