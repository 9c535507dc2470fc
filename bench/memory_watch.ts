// The memory of a server's processes over time: once it stands still, and at its highest.

import { setTimeout as pause } from "node:timers/promises";
import { memoryBytes } from "./process_cost.ts";

/** Where memory never stands still, the last look counts. */
const SETTLE_LIMIT_MS = 10_000;
const LOOK_MS = 500;
/** Looks in a row that are the same: what a server frees when it has become quiet is freed by then. */
const STILL_LOOKS = 4;
/** Looks so close together are the same. */
const SAME_PART = 0.005;
/** Often enough to see a listing of a second. */
const SAMPLE_MS = 25;
/** A look walks through all pages, and halts what wants more: it pauses so many times as long as it took. */
const PAUSE_FACTOR = 9;

/** The memory of a process and its children when it no longer changes, bytes. */
export async function settledMemory(pid: number): Promise<number> {
  const endMs = performance.now() + SETTLE_LIMIT_MS;
  let first = await memoryBytes([pid]);
  let looks = 1;
  while (looks < STILL_LOOKS && performance.now() < endMs) {
    await pause(LOOK_MS);
    const now = await memoryBytes([pid]);
    looks = Math.abs(now - first) <= now * SAME_PART ? looks + 1 : 1;
    if (looks === 1) first = now;
  }
  return first;
}

/** The most memory that a process and its children held while `work` ran, bytes. */
export async function peakMemory<T>(
  pid: number,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly peakBytes: number }> {
  let peakBytes = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const startedMs = performance.now();
      peakBytes = Math.max(peakBytes, await memoryBytes([pid]));
      await pause(Math.max(SAMPLE_MS, (performance.now() - startedMs) * PAUSE_FACTOR));
    }
  })();
  try {
    return { result: await work(), peakBytes };
  } finally {
    isOver = true;
    await watching;
  }
}
