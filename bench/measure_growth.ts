// How this server grows: throughput and memory over the number of sessions, with one, two and four workers.

import { startOurs } from "./contenders.ts";
import { buildLoadGenerator, type LoadGenerator } from "./load_generator.ts";
import { peakMemory, settledMemory } from "./memory_watch.ts";
import { median } from "./result.ts";
import { writePattern } from "./test_files.ts";

const MIB = 1024 ** 2;
/** More transfers than this at a time would need more descriptors than a process here may have. */
const AT_ONCE_LIMIT = 1000;

/** How much is moved and how often. */
export interface GrowthScale {
  /** In all, whatever the number of sessions is. */
  readonly bytes: number;
  readonly sessions: readonly number[];
  readonly workers: readonly number[];
  /** Counted ones; where sessions take turns, whose logins take most of the time, one. */
  readonly rounds: number;
}

/** The whole measurement. */
export const GROWTH_FULL: GrowthScale = {
  bytes: 1000 * MIB,
  sessions: [1, 10, 100, 1_000, 10_000],
  workers: [1, 2, 4],
  rounds: 3,
};

/** What a developer runs. */
export const GROWTH_QUICK: GrowthScale = {
  bytes: 100 * MIB,
  sessions: [1, 10, 100, 1_000],
  workers: [1, 2],
  rounds: 1,
};

/** One number of sessions. */
export interface GrowthPoint {
  readonly sessions: number;
  /** All sessions together. */
  readonly mibPerSecond: number;
  /** All processes, when every session is logged in and idle, and at most while all move data. */
  readonly idleMib: number;
  readonly busyMib: number;
}

/** One number of workers. */
export interface GrowthLine {
  readonly workers: number;
  readonly points: readonly GrowthPoint[];
}

/** How the server grows. */
export interface Growth {
  readonly atOnceLimit: number;
  readonly lines: readonly GrowthLine[];
}

/** @param root a directory, usually on a tmpfs. */
export async function measureGrowth(root: string, scale: GrowthScale): Promise<Growth> {
  const load = await buildLoadGenerator(root);
  await Deno.mkdir(`${root}/files`);
  for (const sessions of scale.sessions) {
    await writePattern(`${root}/files/${sessions}`, share(scale, sessions));
  }
  const lines: GrowthLine[] = [];
  for (const workers of scale.workers) {
    const points: GrowthPoint[] = [];
    for (const sessions of scale.sessions) {
      const startedMs = performance.now();
      points.push(await measurePoint(load, root, scale, { workers, sessions }));
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      console.error(`workers ${workers}, sessions ${sessions}: ${seconds} s`);
    }
    lines.push({ workers, points });
  }
  return { atOnceLimit: AT_ONCE_LIMIT, lines };
}

/** Of a server that has done nothing before: memory once taken may be kept. */
async function measurePoint(
  load: LoadGenerator,
  root: string,
  scale: GrowthScale,
  { workers, sessions }: { workers: number; sessions: number },
): Promise<GrowthPoint> {
  await using ours = await startOurs(root, ["--workers", `${workers}`]);
  const server = ours.plain;
  let idleBytes = 0;
  await load.measure("idle", server, { clients: sessions }, async () => {
    idleBytes = await settledMemory(server.pid);
  });
  const rates: number[] = [];
  let busyBytes = 0;
  // One more comes first and does not count: what runs later is compiled by then, as it is after so many logins.
  const [first, last] = sessions > AT_ONCE_LIMIT ? [1, 1] : [0, scale.rounds];
  for (let round = first; round <= last; round++) {
    const { result, peakBytes } = await peakMemory(
      server.pid,
      () =>
        load.measure("crowd-retr", server, {
          path: `/${sessions}`,
          clients: sessions,
          at_once: AT_ONCE_LIMIT,
          bytes: share(scale, sessions),
        }),
    );
    busyBytes = Math.max(busyBytes, peakBytes);
    if (round > 0) rates.push(result.bytes / MIB / result.seconds);
  }
  const [idleMib, busyMib] = [idleBytes / MIB, busyBytes / MIB].map(Math.round);
  return {
    sessions,
    mibPerSecond: Math.round(median(rates)),
    idleMib: idleMib ?? NaN,
    busyMib: busyMib ?? NaN,
  };
}

function share({ bytes }: GrowthScale, sessions: number): number {
  return Math.floor(bytes / sessions);
}
