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

Deno.test("a limit that is renewed begins anew", async () => {
  using alarm = new Alarm();
  using other = new Alarm();
  const never = new Promise<never>(() => {});
  const waiting = alarm.within(never, 40);
  await other.within(never, 20).catch(() => {});
  const renewed = performance.now();
  alarm.renew();
  await assert.rejects(waiting, { kind: "timed-out" });
  assert.ok(performance.now() - renewed >= 38);
});

Deno.test("a signal ends the wait it was given to, before or during it, and no other", async () => {
  using alarm = new Alarm();
  const never = new Promise<never>(() => {});
  const abort = new AbortController();
  await alarm.within(Promise.resolve(), LONG_MS, abort.signal);
  const other = alarm.within(Promise.resolve("other"), LONG_MS);
  abort.abort("why");
  assert.equal(await other, "other");
  const aborted = { name: "Fault", kind: "aborted", cause: "why" };
  await assert.rejects(alarm.within(never, LONG_MS, abort.signal), aborted);
  const later = new AbortController();
  const waiting = alarm.within(never, LONG_MS, later.signal);
  later.abort("why");
  await assert.rejects(waiting, aborted);
});

Deno.test("a wait may be stopped with an error of one's own, and is the only one at its time", async () => {
  using alarm = new Alarm();
  alarm.stop(new Error("nobody waits"));
  const waiting = alarm.within(new Promise<never>(() => {}), LONG_MS);
  // What nobody waits for must not end the process, either, when it fails.
  const failing = Promise.reject(new Error("of nobody's"));
  assert.throws(() => alarm.within(failing, LONG_MS), /one wait at a time/);
  alarm.stop(new Error("own"));
  await assert.rejects(waiting, /own/);
});

Deno.test("disposal ends the wait under way and every later one", async () => {
  const alarm = new Alarm();
  const waiting = alarm.within(new Promise<never>(() => {}), LONG_MS);
  alarm[Symbol.dispose]();
  await assert.rejects(waiting, { kind: "aborted" });
  await assert.rejects(alarm.within(Promise.resolve(), LONG_MS), { kind: "aborted" });
});

Deno.test("a disposed alarm keeps no timer", async () => {
  const alarm = new Alarm();
  await alarm.within(Promise.resolve(), LONG_MS);
  // The leak sanitizer would tell of it.
  alarm[Symbol.dispose]();
});
