// One row of the table: rounds of all contenders, interleaved.

import type { Contender } from "./contenders.ts";
import type { LoadGenerator } from "./load_generator.ts";
import { cpuSeconds } from "./process_cost.ts";
import { median, type RowResult } from "./result.ts";
import type { Row, Scale, Stage } from "./rows.ts";
import { digestOf } from "./test_files.ts";

const GIB = 1024 ** 3;

/** Where a row is measured. */
export interface Field {
  readonly contenders: readonly Contender[];
  readonly load: LoadGenerator;
  readonly scale: Scale;
  /** The host directory that holds `files`, which every contender serves. */
  readonly root: string;
}

/** One contender's turn in one round. */
interface Turn {
  readonly value: number;
  readonly cpuPerGib: number;
  readonly generatorLoad: number;
}

/** Each round begins with another contender, so that none always has the quiet or the warm moment. */
export async function measureRow(row: Row, field: Field): Promise<RowResult> {
  const { contenders, scale } = field;
  const turns = new Map<string, Turn[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= scale.rounds; round++) {
    const first = round % contenders.length;
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const turn = await takeTurn(row, field, contender, round);
      if (round > 0) turns.get(contender.name)?.push(turn);
    }
  }
  const { name, unit, better, movesBytes } = row;
  const byName = <T>(pick: (each: readonly Turn[]) => T): Record<string, T> =>
    Object.fromEntries([...turns].map(([contender, each]) => [contender, pick(each)]));
  return {
    name,
    unit,
    better,
    samples: byName((each) => each.map(({ value }) => value)),
    cpuPerGib: movesBytes ? byName((each) => median(each.map(({ cpuPerGib }) => cpuPerGib))) : {},
    generatorLoad: Math.max(
      ...[...turns.values()].flat().map(({ generatorLoad }) => generatorLoad),
    ),
  };
}

async function takeTurn(row: Row, field: Field, invited: Contender, round: number): Promise<Turn> {
  const { load, scale, root } = field;
  await using stack = new AsyncDisposableStack();
  const contender = row.freshServers ? stack.use(await invited.another()) : invited;
  const { name, directory, pids } = contender;
  const stored = `stored-${name}-${round}`;
  const before = await cpuSeconds(pids);
  let after = before;
  const stage: Stage = {
    load,
    scale,
    contender,
    large: `${directory}large`,
    eighth: `${directory}eighth`,
    small: `${directory}small`,
    crowded: `${directory}crowded`,
    fresh: directory + stored,
    verify: round === 0,
    whileOpen: async () => {
      after = await cpuSeconds(pids);
    },
  };
  const { value, seen } = await row.measure(stage, row.tls ? contender.secure : contender.plain);
  await removeStored(`${root}/files`, stored, stage.verify);
  return {
    value,
    cpuPerGib: (after - before) / (seen.bytes / GIB),
    generatorLoad: (seen.cpuSeconds ?? 0) / seen.seconds,
  };
}

/** Removes what a turn stored; where `verify` is said, it must be what was sent. */
async function removeStored(directory: string, prefix: string, verify: boolean): Promise<void> {
  const expected = new Map<number, string>();
  for (const name of verify ? ["large", "small"] : []) {
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
