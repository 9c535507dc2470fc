// Whether time tells which names exist: how long a refused login takes for a known name and for an unknown one.
//
//   deno run -A bench/login_timing.ts [SAMPLES]

import { join } from "node:path";
import { SqliteAccounts } from "../server/accounts/sqlite_accounts.ts";
import { Secret } from "../shared/secret.ts";

/** Enough to see a difference of a few percent of a hash. */
const STANDARD_SAMPLES = 60;
const BUCKETS = 16;
const BAR_COLUMNS = 30;

/** How long each refused login took, milliseconds. */
interface Timings {
  readonly known: number[];
  readonly unknown: number[];
}

/** Measures both in turns, so that whatever else the machine does hits both alike. */
async function measure(samples: number): Promise<Timings> {
  const directory = await Deno.makeTempDir();
  try {
    using accounts = SqliteAccounts.open(join(directory, "accounts.db"));
    await accounts.add({ name: "known" }, new Secret("correct horse"));
    const timings: Timings = { known: [], unknown: [] };
    // One of each before it counts: what is loaded and prepared once is nobody's.
    for (let at = -1; at < samples; at++) {
      for (const name of ["known", "unknown"] as const) {
        const startedMs = performance.now();
        // Each guess is another one: equal ones under way at once are one hash.
        await accounts.verify(name, new Secret(`guess ${at}`), "192.0.2.1");
        if (at >= 0) timings[name].push(performance.now() - startedMs);
      }
    }
    return timings;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The distributions side by side, a line a bucket, and their quartiles. */
function describe({ known, unknown }: Timings): string {
  const all = [...known, ...unknown].toSorted((a, b) => a - b);
  const [lowest, highest] = [at(all, 0), at(all, 0.95)];
  const width = (highest - lowest) / BUCKETS || 1;
  const counts = (timings: readonly number[]) => {
    const found = new Array<number>(BUCKETS + 1).fill(0);
    for (const ms of timings) {
      const bucket = Math.min(BUCKETS, Math.floor((ms - lowest) / width));
      found[bucket] = (found[bucket] ?? 0) + 1;
    }
    return found;
  };
  const [left, right] = [counts(known), counts(unknown)];
  const most = Math.max(...left, ...right);
  const bar = (count = 0) => "#".repeat(Math.round(count / most * BAR_COLUMNS)).padEnd(BAR_COLUMNS);
  const lines = left.map((count, bucket) => {
    const from = `${(lowest + bucket * width).toFixed(1)}${bucket === BUCKETS ? "+" : ""}`;
    return `${from.padStart(7)}  ${bar(count)}  ${bar(right[bucket])}`.trimEnd();
  });
  const quartiles = (timings: readonly number[]) => {
    const sorted = timings.toSorted((a, b) => a - b);
    return [0.25, 0.5, 0.75].map((share) => at(sorted, share).toFixed(1)).join(" / ");
  };
  return [
    `     ms  ${"known name, wrong password".padEnd(BAR_COLUMNS)}  unknown name`,
    ...lines,
    "",
    `known name:   quartiles ${quartiles(known)} ms`,
    `unknown name: quartiles ${quartiles(unknown)} ms`,
    `a known name is the slower one in ${
      (slowerShare({ known, unknown }) * 100).toFixed(0)
    } % of all pairs (50 % tells nothing)`,
    "",
  ].join("\n");
}

/** How often a known name took longer than an unknown one, of all pairs (Mann and Whitney's U, as a share). */
function slowerShare({ known, unknown }: Timings): number {
  const slower = known.flatMap((one) => unknown.map((other) => one > other)).filter(Boolean).length;
  return slower / (known.length * unknown.length);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

if (import.meta.main) {
  const samples = Number(Deno.args[0] ?? STANDARD_SAMPLES);
  console.log(describe(await measure(samples)));
}
