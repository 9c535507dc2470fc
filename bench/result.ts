// What a run found: samples, medians, spreads and ratios, and the file they are kept in.

import { OURS } from "./contenders.ts";

/** What ours is to reach in a row: a value in its unit, or a ratio to the best other one. */
export interface Goal {
  readonly of: "value" | "ratio";
  readonly at: number;
}

/** The samples of one row, by contender. */
export interface RowResult {
  readonly name: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly goal?: Goal;
  /** What the machine can do at all, in the row's unit, where bytes were moved. */
  readonly limit?: number;
  /** A contender that could not do it has none. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
  /** Median CPU seconds of the server, or of both ends where both are ours, per GiB moved. */
  readonly cpuPerGib: Readonly<Record<string, number>>;
  /** The generator's share of one core at its busiest: near 1 it may be the limit itself. */
  readonly generatorLoad: number;
}

/** The rows that belong together, measured in one go. */
export interface GroupResult {
  readonly when: string;
  readonly quick: boolean;
  readonly contenders: readonly string[];
  readonly rows: readonly RowResult[];
  /** Memory to socket to memory without FTP, MiB/s; where servers were measured. */
  readonly limits?: Limits;
}

/** What the machine can do at all, MiB/s. */
export interface Limits {
  readonly plain: number;
  readonly tls: number;
}

/** A whole run, by the names of its groups. */
export interface RunResult {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly groups: Readonly<Record<string, GroupResult>>;
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

/** The peer with the best median, of those given; `undefined` where none was measured. */
export function bestPeer(
  row: RowResult,
  among: readonly string[] = Object.keys(row.samples),
): string | undefined {
  const value = (name: string) => median(row.samples[name] ?? []);
  const peers = among.filter((name) => name !== OURS && isMeasured(row, name));
  return peers.sort((a, b) =>
    row.better === "higher" ? value(b) - value(a) : value(a) - value(b)
  )[0];
}

/** How much better ours is than the best of the peers: above 1 is ahead, whichever way the row counts. */
export function ratio(row: RowResult, among?: readonly string[]): number | undefined {
  const peer = bestPeer(row, among);
  if (peer === undefined || !isMeasured(row, OURS)) return undefined;
  const [ours, theirs] = [median(row.samples[OURS] ?? []), median(row.samples[peer] ?? [])];
  return row.better === "higher" ? ours / theirs : theirs / ours;
}

/** Whether ours reached the row's goal; `undefined` where there is none, or nothing to judge. */
export function reachesGoal(row: RowResult): boolean | undefined {
  const { goal, better } = row;
  if (goal === undefined || !isMeasured(row, OURS)) return undefined;
  if (goal.of === "ratio") {
    const reached = ratio(row);
    return reached === undefined ? undefined : reached >= goal.at;
  }
  const value = median(row.samples[OURS] ?? []);
  return better === "higher" ? value >= goal.at : value <= goal.at;
}

/** What a row of one round, which shows no spread, is taken to be uncertain by. */
const LEAST_NOISE = 0.05;

/**
 * The rows that are worse than in an earlier run by more than the spread the samples show: their ratio to
 * the best of the peers that both runs had, or, without any such peer, their value. Rows that are new are
 * never worse; those that are gone are named where `isWhole` says that all rows were measured.
 */
export function regressions(now: GroupResult, earlier: GroupResult, isWhole: boolean): string[] {
  const worse = now.rows.flatMap((row) => {
    const before = earlier.rows.find(({ name }) => name === row.name);
    if (before === undefined || !isMeasured(before, OURS)) return [];
    if (!isMeasured(row, OURS)) return [`${row.name}: it failed`];
    const isSameScale = now.quick === earlier.quick;
    const peers = Object.keys(row.samples).filter((name) => isMeasured(before, name));
    const [was, is] = [before, row].map((each) =>
      ratio(each, peers) ?? (isSameScale ? standing(each) : undefined)
    );
    if (was === undefined || is === undefined) return [];
    const noise = Math.max(
      LEAST_NOISE,
      noiseOf(row, OURS) + noiseOf(row, bestPeer(row, peers) ?? ""),
    );
    return is >= was * (1 - noise) ? [] : [
      `${row.name}: ${is.toPrecision(3)} was ${was.toPrecision(3)} (noise ${
        (noise * 100).toFixed(0)
      } %)`,
    ];
  });
  const gone = earlier.rows.filter(({ name }) => !now.rows.some((row) => row.name === name));
  return [...worse, ...(isWhole ? gone : []).map(({ name }) => `${name}: no longer measured`)];
}

/** Ours without any peer, as a number that is higher when it is better. */
function standing(row: RowResult): number {
  const value = median(row.samples[OURS] ?? []);
  return row.better === "higher" ? value : 1 / value;
}

function noiseOf(row: RowResult, name: string): number {
  return isMeasured(row, name) ? spread(row.samples[name] ?? []) : 0;
}

function isMeasured(row: RowResult, name: string): boolean {
  return (row.samples[name] ?? []).length > 0;
}
