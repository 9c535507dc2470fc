// Measures this server beside vsftpd and pyftpdlib: same files, same run, interleaved, medians.
//
//   deno task bench [--quick] [--only TEXT] [--directory DIR] [--save FILE]

import { parseArgs } from "node:util";
import { makeCertificate } from "../tests/support/peers/peer_process.ts";
import { temporaryDirectory } from "../tests/support/temporary_directory.ts";
import { startContenders } from "./contenders.ts";
import { buildLoadGenerator, type LoadGenerator } from "./load_generator.ts";
import { measureRow } from "./measure_row.ts";
import { median, regressions, type RowResult, type RunResult } from "./result.ts";
import { FULL, QUICK, ROWS, type Scale } from "./rows.ts";
import { formatTable } from "./table.ts";
import { makeCrowd, writePattern } from "./test_files.ts";

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
  await writePattern(`${root.path}/files/eighth`, scale.fileBytes / 8);
  await writePattern(`${root.path}/files/small`, 4096);
  await makeCrowd(`${root.path}/files/crowded`, scale.names);
  const contenders = await startContenders(root.path);
  for (const contender of contenders) stack.use(contender);

  const results: RowResult[] = [];
  for (const row of rows) {
    const startedMs = performance.now();
    results.push(await measureRow(row, { contenders, load, scale, root: root.path }));
    console.error(`${row.name}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
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
