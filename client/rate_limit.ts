// A sink that takes no more than so many bytes a second.

import type { ByteSink } from "../shared/byte_stream.ts";
import { Fault } from "../shared/fault.ts";

/** Time that was not used is not saved up beyond this, so that a pause is followed by no burst. */
const BURST_MS = 250;

/** Slows writes down to `bytesPerSecond` on average. @throws Fault `aborted` while it waits */
export function rateLimited(
  sink: ByteSink,
  bytesPerSecond: number,
  signal: AbortSignal,
): ByteSink {
  let dueMs = performance.now();
  return {
    write: async (bytes) => {
      await sink.write(bytes);
      const nowMs = performance.now();
      dueMs = Math.max(dueMs, nowMs - BURST_MS) + (bytes.length / bytesPerSecond) * 1000;
      if (dueMs > nowMs) await pause(dueMs - nowMs, signal);
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(done, ms);
  function done(): void {
    clearTimeout(timer);
    signal.removeEventListener("abort", done);
    if (signal.aborted) reject(new Fault("aborted", { cause: signal.reason }));
    else resolve();
  }
  signal.addEventListener("abort", done);
  if (signal.aborted) done();
  return promise;
}
