// The servers' rows: the files that all of them serve, the machine's own limits, and one measurement after the other.

import { makeCertificate } from "../tests/support/peers/peer_process.ts";
import { OURS, startContenders } from "./contenders.ts";
import { buildLoadGenerator, type LoadGenerator } from "./load_generator.ts";
import { measureRows } from "./measure_row.ts";
import { type GroupResult, type Limits, median, type RowResult } from "./result.ts";
import { MEASUREMENTS } from "./rows.ts";
import type { Scale } from "./scale.ts";
import { makeCrowd, writePattern } from "./test_files.ts";

const MIB = 1024 ** 2;

/** What of the servers is measured. */
export interface ServersOptions {
  readonly scale: Scale;
  /** The foreign servers, as `startContenders` takes them. */
  readonly peers: readonly string[];
  /** Whether a row of this name is wanted. */
  readonly fits: (name: string) => boolean;
}

/**
 * Measures the rows whose name fits.
 *
 * @param root a directory, usually on a tmpfs.
 */
export async function measureServers(
  root: string,
  { scale, peers, fits }: ServersOptions,
): Promise<Omit<GroupResult, "when" | "quick">> {
  const load = await buildLoadGenerator(root);
  const limits = await measureLimits(load, scale, root);
  await makeFiles(`${root}/files`, scale);
  await using stack = new AsyncDisposableStack();
  const contenders = await startContenders(root, peers);
  for (const contender of contenders) stack.use(contender);
  const rows: RowResult[] = [];
  const onFailure = (contender: string, measurement: string, reason: string) => {
    console.error(`${contender} cannot do "${measurement}": ${reason}`);
    // A run in which ours failed is none that anything may be concluded from.
    if (contender === OURS) Deno.exitCode = 1;
  };
  const field = { contenders, load, scale, limits, root, onFailure };
  for (const measurement of MEASUREMENTS) {
    if (measurement.isLong && scale.isQuick) continue;
    if (!measurement.shows.some(({ name }) => fits(name))) continue;
    const startedMs = performance.now();
    rows.push(...await measureRows(measurement, field));
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    console.error(`${measurement.shows[0]?.name}: ${seconds} s`);
  }
  return { contenders: contenders.map(({ name }) => name), rows, limits };
}

async function makeFiles(directory: string, scale: Scale): Promise<void> {
  await Deno.mkdir(directory);
  await Deno.chmod(directory, 0o777);
  await writePattern(`${directory}/large`, scale.fileBytes);
  await writePattern(`${directory}/eighth`, scale.fileBytes / 8);
  await writePattern(`${directory}/share`, scale.shareBytes);
  await writePattern(`${directory}/small`, 4096);
  await makeCrowd(`${directory}/crowded`, scale.names);
}

async function measureLimits(
  load: LoadGenerator,
  scale: Scale,
  directory: string,
): Promise<Limits> {
  const { certificate, key } = await makeCertificate(directory);
  const rate = async (words: Record<string, string | number>) => {
    const samples: number[] = [];
    for (let round = 0; round < scale.rounds; round++) {
      const seen = await load.measure("limit", undefined, { bytes: scale.fileBytes, ...words });
      samples.push(seen.bytes / MIB / seen.seconds);
    }
    return median(samples);
  };
  return { plain: await rate({}), tls: await rate({ tls: 1, cert: certificate, key }) };
}
