// Measures this server beside vsftpd and pyftpdlib: same files, same run, interleaved, medians.
//
//   deno task bench [--quick] [--only TEXT] [--directory DIR] [--save FILE]

import { parseArgs } from "node:util";
import { makeCertificate } from "../tests/support/peers/peer_process.ts";
import { temporaryDirectory } from "../tests/support/temporary_directory.ts";
import { type Contender, startContenders } from "./contenders.ts";
import { buildLoadGenerator, type LoadGenerator } from "./load_generator.ts";
import { cpuSeconds } from "./process_cost.ts";
import { median, regressions, type RowResult, type RunResult } from "./result.ts";
import { FULL, QUICK, type Row, ROWS, type Scale, type Stage } from "./rows.ts";
import { formatTable } from "./table.ts";
import { digestOf, writePattern } from "./test_files.ts";

const GIB = 1024 ** 3;
const RESULTS = new URL("./results/", import.meta.url);
const COMMITTED = new URL("../docs/performance.json", import.meta.url);

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      directory: { type: "string", default: "/dev/shm" },
      save: { type: "string" },
    },
  });
  const scale = values.quick ? QUICK : FULL;
  const rows = ROWS.filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()));
  await using root = await temporaryDirectory(values.directory);
  await Deno.chmod(root.path, 0o755);
  const load = await buildLoadGenerator(root.path);
  const limits = await measureLimits(load, scale, root.path);

  await using stack = new AsyncDisposableStack();
  await Deno.mkdir(`${root.path}/files`);
  await Deno.chmod(`${root.path}/files`, 0o777);
  await writePattern(`${root.path}/files/large`, scale.fileBytes);
  await writePattern(`${root.path}/files/small`, 4096);
  const contenders = await startContenders(root.path);
  for (const contender of contenders) stack.use(contender);

  const results: RowResult[] = [];
  for (const row of rows) {
    console.error(`measuring: ${row.name}`);
    results.push(await measureRow(row, contenders, load, scale, root.path));
  }
  const run: RunResult = {
    when: new Date().toISOString(),
    quick: values.quick,
    machine: machine(),
    limits,
    rows: results,
  };
  console.log(formatTable(run, contenders.map(({ name }) => name)));
  console.log(
    `\nthis machine's limit: ${limits.plain.toFixed(0)} MiB/s plain, ${
      limits.tls.toFixed(0)
    } MiB/s TLS`,
  );
  await keep(run, values.save);
}

/** Rounds of all contenders, each round beginning with another one; the first is not counted. */
async function measureRow(
  row: Row,
  contenders: readonly Contender[],
  load: LoadGenerator,
  scale: Scale,
  root: string,
): Promise<RowResult> {
  const samples: Record<string, number[]> = {};
  const cpu: Record<string, number[]> = {};
  let generatorLoad = 0;
  for (let round = 0; round <= scale.rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(turn + round) % contenders.length]!;
      const { name, directory, pids } = contender;
      const fresh = `stored-${name}-${round}`;
      const stage: Stage = {
        load,
        scale,
        contender,
        large: `${directory}large`,
        small: `${directory}small`,
        fresh: directory + fresh,
        verify: round === 0,
      };
      const before = await cpuSeconds(pids);
      const { value, seen } = await row.measure(
        stage,
        row.tls ? contender.secure : contender.plain,
      );
      const used = await cpuSeconds(pids) - before;
      await removeStored(`${root}/files`, fresh, stage.verify);
      if (round === 0) continue;
      (samples[name] ??= []).push(value);
      if (row.movesBytes) (cpu[name] ??= []).push(used / (seen.bytes / GIB));
      generatorLoad = Math.max(generatorLoad, (seen.cpuSeconds ?? 0) / seen.seconds);
    }
  }
  const cpuPerGib = Object.fromEntries(
    Object.entries(cpu).map(([name, each]) => [name, median(each)]),
  );
  const { name, unit, better } = row;
  return { name, unit, better, samples, cpuPerGib, generatorLoad };
}

/** Removes what a round stored; where `verify` is said, it must be what was sent. */
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

async function measureLimits(
  load: LoadGenerator,
  scale: Scale,
  directory: string,
): Promise<RunResult["limits"]> {
  const { certificate, key } = await makeCertificate(directory);
  const tls = { tls: 1, cert: certificate, key };
  const rate = async (words: Record<string, string | number>) => {
    const samples: number[] = [];
    for (let round = 0; round < scale.rounds; round++) {
      const seen = await load.measure("limit", undefined, { bytes: scale.fileBytes, ...words });
      samples.push(seen.bytes / 1024 ** 2 / seen.seconds);
    }
    return median(samples);
  };
  return { plain: await rate({}), tls: await rate(tls) };
}

function machine(): RunResult["machine"] {
  return {
    cores: navigator.hardwareConcurrency,
    memoryGib: Math.round(Deno.systemMemoryInfo().total / GIB),
    kernel: Deno.osRelease(),
    deno: Deno.version.deno,
  };
}

/** Writes the run's JSON and says where it is worse than the one in the repository. */
async function keep(run: RunResult, save: string | undefined): Promise<void> {
  await Deno.mkdir(RESULTS, { recursive: true });
  const text = JSON.stringify(run, undefined, 2) + "\n";
  await Deno.writeTextFile(new URL("latest.json", RESULTS), text);
  if (save !== undefined) await Deno.writeTextFile(save, text);
  let committed: RunResult;
  try {
    committed = JSON.parse(await Deno.readTextFile(COMMITTED));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  for (const line of regressions(run, committed)) {
    console.log(`worse than docs/performance.json: ${line}`);
  }
}
