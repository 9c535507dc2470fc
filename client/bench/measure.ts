// What a measurement is: a name, figures for scripts, a line for people.

import type { JsonRecord } from "../operations/operation_context.ts";

/** One measurement. */
export interface Measurement {
  readonly name: "round_trip" | "login" | "upload" | "download" | "upload_files" | "download_files";
  readonly figures: JsonRecord;
  /** For people. */
  readonly line: string;
}

/** How much is measured, at most. */
export interface BenchLimits {
  /** Bytes of the large file. */
  readonly largeBytes: number;
  readonly files: number;
  /** Bytes of each small file. */
  readonly fileBytes: number;
  readonly connections: number;
  /** How long one measurement may take, milliseconds. */
  readonly measureMs: number;
}

/**
 * The value below which `share` of all lie; the nearest one that was measured.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { quantile } from "./measure.ts";
 * assert.equal(quantile([3, 1, 2], 0.5), 2);
 * assert.equal(quantile([3, 1, 2], 0.99), 3);
 * ```
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.min(Math.ceil(sorted.length * share), sorted.length) - 1;
  return sorted[Math.max(at, 0)] ?? 0;
}

/** Median and p99 of times, rounded for printing. */
export function timesOf(values: readonly number[]) {
  const round = (ms: number) => Math.round(ms * 1000) / 1000;
  return {
    count: values.length,
    median_ms: round(quantile(values, 0.5)),
    p99_ms: round(quantile(values, 0.99)),
  };
}

/** Repeats until there were enough, or the time is over; at least once. @returns what each took, milliseconds */
export async function repeat(
  count: number,
  limitMs: number,
  work: () => Promise<number>,
): Promise<number[]> {
  const times: number[] = [];
  const endMs = performance.now() + limitMs;
  while (times.length < count && (times.length === 0 || performance.now() < endMs)) {
    times.push(await work());
  }
  return times;
}

/** How long something took, milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** How many a second, rounded to what is more than noise. */
export function perSecond(count: number, elapsedMs: number): number {
  const rate = count / Math.max(elapsedMs, 0.001) * 1000;
  return rate < 100 ? Math.round(rate * 10) / 10 : Math.round(rate);
}
