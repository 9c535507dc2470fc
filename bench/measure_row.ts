// One measurement: rounds of all contenders, interleaved, and the rows of the table they fill.

import type { Contender } from "./contenders.ts";
import type { LoadGenerator } from "./load_generator.ts";
import { cpuSeconds } from "./process_cost.ts";
import { type Limits, median, type RowResult } from "./result.ts";
import type { Measurement, Stage } from "./row.ts";
import type { Scale } from "./scale.ts";
import { digestOf } from "./test_files.ts";

const GIB = 1024 ** 3;

/** Where rows are measured. */
export interface Field {
  readonly contenders: readonly Contender[];
  readonly load: LoadGenerator;
  readonly scale: Scale;
  readonly limits: Limits;
  /** The host directory that holds `files`, which every contender serves. */
  readonly root: string;
  /** Told once for each contender that cannot do a measurement, with the reason. */
  readonly onFailure: (contender: string, measurement: string, reason: string) => void;
}

/** One contender's turn in one round. */
interface Turn {
  readonly values: readonly number[];
  readonly cpuPerGib: number;
  readonly generatorLoad: number;
}

/**
 * Each round begins with another contender, so that none always has the quiet or the warm moment. A
 * contender that fails is left out from then on, without any sample.
 */
export async function measureRows(measurement: Measurement, field: Field): Promise<RowResult[]> {
  const { scale, limits, onFailure } = field;
  const { shows, freshServers, movesBytes, tls, roundsLimit = scale.rounds } = measurement;
  const only = (scale.isQuick ? measurement.onlyInQuick : undefined) ?? measurement.only;
  const countsCpu = movesBytes && measurement.beginsWithLogins !== true;
  const taking = field.contenders.filter(({ name }) => only?.includes(name) ?? true);
  const turns = new Map<string, Turn[]>(taking.map(({ name }) => [name, []]));
  const rounds = Math.min(scale.rounds, roundsLimit);
  for (let round = freshServers ? 1 : 0; round <= rounds; round++) {
    const first = round % taking.length;
    for (const contender of [...taking.slice(first), ...taking.slice(0, first)]) {
      const each = turns.get(contender.name);
      if (each === undefined) continue;
      try {
        const turn = await takeTurn(measurement, field, contender, round);
        if (round > 0) each.push(turn);
      } catch (error) {
        turns.delete(contender.name);
        onFailure(contender.name, shows[0]?.name ?? "", reasonOf(error));
      }
    }
  }
  const byName = <T>(pick: (each: readonly Turn[]) => T): Record<string, T> =>
    Object.fromEntries([...turns].map(([contender, each]) => [contender, pick(each)]));
  const loads = [...turns.values()].flat().map(({ generatorLoad }) => generatorLoad);
  return shows.map((shown, at) => ({
    ...shown,
    ...(movesBytes && { limit: tls ? limits.tls : limits.plain }),
    samples: byName((each) => each.map(({ values }) => values[at] ?? NaN)),
    cpuPerGib: countsCpu ? byName((each) => median(each.map(({ cpuPerGib }) => cpuPerGib))) : {},
    generatorLoad: Math.max(0, ...loads),
  }));
}

/** What failed first, and what then failed while it was cleared away. */
function reasonOf(error: unknown): string {
  if (error instanceof SuppressedError) {
    return `${reasonOf(error.suppressed)}; then ${reasonOf(error.error)}`;
  }
  return error instanceof Error ? error.message : `${error}`;
}

async function takeTurn(
  measurement: Measurement,
  field: Field,
  invited: Contender,
  round: number,
): Promise<Turn> {
  const { load, scale, root } = field;
  const { freshServers, tls } = measurement;
  await using stack = new AsyncDisposableStack();
  const contender = freshServers ? stack.use(await invited.another()) : invited;
  const { name, directory } = contender;
  const server = tls ? contender.secure : contender.plain;
  const stored = `stored-${name}-${round}`;
  const isUncounted = round === 0;
  const before = await cpuSeconds([server.pid]);
  let after = before;
  const stage: Stage = {
    load,
    scale,
    large: `${directory}large`,
    eighth: `${directory}eighth`,
    share: `${directory}share`,
    small: `${directory}small`,
    crowded: `${directory}crowded`,
    fresh: directory + stored,
    isUncounted,
    whileOpen: async () => {
      after = await cpuSeconds([server.pid]);
    },
  };
  try {
    const { values, seen } = await measurement.measure(stage, server);
    await removeStored(`${root}/files`, stored, isUncounted);
    return {
      values,
      cpuPerGib: (after - before) / (seen.bytes / GIB),
      generatorLoad: (seen.cpuSeconds ?? 0) / seen.seconds,
    };
  } finally {
    await removeStored(`${root}/files`, stored, false);
  }
}

/** Removes what a turn stored; where `verify` is said, it must be what was sent. */
async function removeStored(directory: string, prefix: string, verify: boolean): Promise<void> {
  const expected = new Map<number, string>();
  for (const name of verify ? ["large", "share", "small"] : []) {
    const path = `${directory}/${name}`;
    expected.set((await Deno.stat(path)).size, await digestOf(path));
  }
  for await (const { name } of Deno.readDir(directory)) {
    if (!name.startsWith(`${prefix}-`)) continue;
    const path = `${directory}/${name}`;
    if (verify && expected.get((await Deno.stat(path)).size) !== await digestOf(path)) {
      throw new Error(`${name} was not stored as it was sent`);
    }
    await Deno.remove(path);
  }
}
