// What a run found: samples, medians, spreads and ratios, and the file they are kept in.

import { OURS } from "./contenders.ts";

/** The samples of one row, by contender. */
export interface RowResult {
  readonly name: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly samples: Readonly<Record<string, readonly number[]>>;
  /** Median CPU seconds of the server per GiB moved, where bytes were moved. */
  readonly cpuPerGib: Readonly<Record<string, number>>;
  /** The generator's share of one core at its busiest: near 1 it may be the limit itself. */
  readonly generatorLoad: number;
}

/** A whole run. */
export interface RunResult {
  readonly when: string;
  readonly quick: boolean;
  readonly machine: Readonly<Record<string, string | number>>;
  /** Memory to socket to memory without FTP, MiB/s; where servers were measured. */
  readonly limits?: { readonly plain: number; readonly tls: number };
  readonly rows: readonly RowResult[];
}

/** The middle of the samples. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** How far the samples lie apart, as a part of their median: (max - min) / median. */
export function spread(samples: readonly number[]): number {
  return (Math.max(...samples) - Math.min(...samples)) / median(samples);
}

/** The peer with the best median; `undefined` where no peer was measured. */
export function bestPeer(row: RowResult): string | undefined {
  const peers = Object.keys(row.samples).filter((name) => name !== OURS);
  const value = (name: string) => median(row.samples[name] ?? []);
  return peers.sort((a, b) =>
    row.better === "higher" ? value(b) - value(a) : value(a) - value(b)
  )[0];
}

/** How much better ours is than the best peer: above 1 is ahead, whichever way the row counts. */
export function ratio(row: RowResult): number | undefined {
  const peer = bestPeer(row);
  if (peer === undefined) return undefined;
  const [ours, theirs] = [median(row.samples[OURS] ?? []), median(row.samples[peer] ?? [])];
  return row.better === "higher" ? ours / theirs : theirs / ours;
}

/**
 * The rows whose ratio is worse than that of an earlier run by more than the spread the samples show.
 */
export function regressions(now: RunResult, earlier: RunResult): string[] {
  return now.rows.flatMap((row) => {
    const before = earlier.rows.find(({ name }) => name === row.name);
    const [was, is] = [before && ratio(before), ratio(row)];
    if (before === undefined || was === undefined || is === undefined) return [];
    const noise = spread(row.samples[OURS] ?? []) + spread(row.samples[bestPeer(row) ?? ""] ?? []);
    return is >= was * (1 - noise) ? [] : [
      `${row.name}: ${is.toFixed(2)} was ${was.toFixed(2)} (noise ${(noise * 100).toFixed(0)} %)`,
    ];
  });
}
