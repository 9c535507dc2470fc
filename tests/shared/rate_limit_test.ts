// Bytes a second, shared.

import assert from "node:assert/strict";
import { isFault } from "../../shared/fault.ts";
import { limitedSink, limitedSource, RateAllowance } from "../../shared/rate_limit.ts";

function allowance(bytesPerSecond: number) {
  const clock = { ms: 0 };
  return { clock, rate: new RateAllowance(bytesPerSecond, () => clock.ms) };
}

Deno.test("what was moved is waited for, all takers together", () => {
  const { rate } = allowance(1000);
  assert.equal(rate.spend(500), 500 - 0);
  assert.equal(rate.spend(500), 1000);
});

Deno.test("time that was not used gives a small burst and no more", () => {
  const { clock, rate } = allowance(1000);
  clock.ms = 60_000;
  assert.equal(rate.spend(250), 0);
  assert.equal(rate.spend(250), 250);
});

Deno.test("a changed rate counts from the next piece on", () => {
  const { rate } = allowance(1000);
  assert.equal(rate.spend(100), 100);
  rate.bytesPerSecond = 100;
  assert.equal(rate.spend(10), 200);
});

Deno.test("a slow source is read in small pieces", async () => {
  const asked: number[] = [];
  const source = {
    read: (into: Uint8Array) => {
      asked.push(into.length);
      return Promise.resolve(asked.length > 1 ? null : 1);
    },
  };
  const slow = limitedSource(source, new RateAllowance(4096), new AbortController().signal);
  const buffer = new Uint8Array(65_536);
  assert.equal(await slow.read(buffer), 1);
  assert.equal(await slow.read(buffer), null);
  assert.deepEqual(asked, [1024, 1024]);
});

Deno.test("a wait ends at once when it is aborted", async () => {
  const abort = new AbortController();
  const sink = limitedSink({ write: () => Promise.resolve() }, new RateAllowance(1), abort.signal);
  const written = sink.write(new Uint8Array(3600));
  abort.abort("enough");
  await assert.rejects(written, (error) => isFault(error, "aborted"));
});
