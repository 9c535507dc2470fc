// Waits that end: by their limit, by what they wait for, or by a signal.

import assert from "node:assert/strict";
import { pause, within } from "../../shared/deadline.ts";
import { isFault } from "../../shared/fault.ts";

/** Longer than any test may take. */
const FOR_EVER_MS = 3_600_000;
const never = () => new Promise<never>(() => {});

Deno.test("a pause ends after its time, and earlier without a fault when the signal fires", async () => {
  const stop = new AbortController();
  const startedMs = performance.now();
  await pause(20, stop.signal);
  assert.ok(performance.now() - startedMs >= 19);
  const long = pause(FOR_EVER_MS, stop.signal);
  stop.abort();
  await long;
  await pause(FOR_EVER_MS, stop.signal);
});

Deno.test("what does not come within its limit is timed out, and its work is cancelled", async () => {
  let cancelled = 0;
  const waiting = within(never(), { limitMs: 5, cancel: () => cancelled++ });
  await assert.rejects(waiting, (error) => isFault(error, "timed-out"));
  assert.equal(cancelled, 1);
  assert.equal(await within(Promise.resolve("came"), { limitMs: FOR_EVER_MS }), "came");
});

Deno.test("a wait that a signal ends is aborted, also when the signal fired before it began", async () => {
  const stop = new AbortController();
  const waiting = within(never(), { limitMs: FOR_EVER_MS, signal: stop.signal });
  stop.abort("enough");
  for (const wait of [waiting, within(never(), { limitMs: FOR_EVER_MS, signal: stop.signal })]) {
    await assert.rejects(wait, (error) => isFault(error, "aborted") && error.cause === "enough");
  }
});
