// Waits with one timer for all of them: each ends by itself, by its own limit, or interrupted.

import assert from "node:assert/strict";
import { Alarm } from "../../shared/alarm.ts";
import { Fault } from "../../shared/fault.ts";

/** Longer than any of these tests. */
const LONG_MS = 60_000;

Deno.test("a wait gives what the work gives, also what it fails with", async () => {
  using alarm = new Alarm();
  assert.equal(await alarm.within(Promise.resolve(7), LONG_MS), 7);
  await assert.rejects(alarm.within(Promise.reject(new Error("own")), LONG_MS), /own/);
});

Deno.test("a wait ends at its limit, whatever limits those before it had", async () => {
  using alarm = new Alarm();
  const never = new Promise<never>(() => {});
  for (const beforeMs of [LONG_MS, 5]) {
    await alarm.within(Promise.resolve(), beforeMs);
    const began = performance.now();
    await assert.rejects(alarm.within(never, 30), { name: "Fault", kind: "timed-out" });
    // A timer may ring a millisecond early.
    assert.ok(performance.now() - began >= 28);
  }
});

Deno.test("what remains of an ended wait's timer does not end the next one", async () => {
  using alarm = new Alarm();
  await alarm.within(Promise.resolve(), 5);
  const later = new Promise((resolve) => setTimeout(() => resolve("later"), 20));
  assert.equal(await alarm.within(later, LONG_MS), "later");
});

Deno.test("an interrupted wait is aborted, and its work may fail or end in a later one", async () => {
  using alarm = new Alarm();
  alarm.interrupt("nobody waits");
  const [failing, ending] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  for (const { promise } of [failing, ending]) {
    const waiting = alarm.within(promise, LONG_MS);
    alarm.interrupt("enough");
    await assert.rejects(waiting, { name: "Fault", kind: "aborted", cause: "enough" });
  }
  const never = alarm.within(new Promise<never>(() => {}), 30);
  failing.reject(new Fault("truncated"));
  ending.resolve();
  await assert.rejects(never, { kind: "timed-out" });
});

Deno.test("a disposed alarm keeps no timer", async () => {
  const alarm = new Alarm();
  await alarm.within(Promise.resolve(), LONG_MS);
  // The leak sanitizer would tell of it.
  alarm[Symbol.dispose]();
});
