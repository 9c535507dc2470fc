// Measures this server beside vsftpd and pyftpdlib, and this client beside lftp and curl: interleaved, medians.
//
//   deno task bench [--quick] [--group server|client] [--only TEXT] [--directory DIR] [--save FILE]

import { parseArgs } from "node:util";
import { makeCertificate } from "../tests/support/peers/peer_process.ts";
import { temporaryDirectory } from "../tests/support/temporary_directory.ts";
import { startContenders } from "./contenders.ts";
import { CLIENTS_FULL, CLIENTS_QUICK } from "./client_rows.ts";
import { buildLoadGenerator, type LoadGenerator } from "./load_generator.ts";
import { measureClients } from "./measure_clients.ts";
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
      group: { type: "string", default: "" },
      only: { type: "string", default: "" },
      directory: { type: "string", default: "/dev/shm" },
      save: { type: "string" },
    },
  });
  const { group, quick } = values;
  const fits = (name: string) => name.toLowerCase().includes(values.only.toLowerCase());
  await using root = await temporaryDirectory(values.directory);
  await Deno.chmod(root.path, 0o755);
  const servers = group === "client"
    ? undefined
    : await measureServers(root.path, quick ? QUICK : FULL, fits);
  const clients = group === "server"
    ? undefined
    : await measureClients(root.path, quick ? CLIENTS_QUICK : CLIENTS_FULL, fits);
  if (servers !== undefined) {
    const { rows, contenders, limits } = servers;
    console.log(formatTable(rows, contenders));
    const [plain, tls] = [limits.plain.toFixed(0), limits.tls.toFixed(0)];
    console.log(`\nthis machine's limit: ${plain} MiB/s plain, ${tls} MiB/s TLS\n`);
  }
  if (clients !== undefined) console.log(formatTable(clients.rows, clients.clients));
  await keep({
    when: new Date().toISOString(),
    quick,
    machine: machine(),
    ...(servers && { limits: servers.limits }),
    rows: [...servers?.rows ?? [], ...clients?.rows ?? []],
  }, values.save);
}

/** What the servers' rows came to. */
interface ServerResults {
  readonly rows: readonly RowResult[];
  readonly contenders: readonly string[];
  readonly limits: { readonly plain: number; readonly tls: number };
}

async function measureServers(
  root: string,
  scale: Scale,
  fits: (name: string) => boolean,
): Promise<ServerResults> {
  const load = await buildLoadGenerator(root);
  const limits = await measureLimits(load, scale, root);
  await using stack = new AsyncDisposableStack();
  await Deno.mkdir(`${root}/files`);
  await Deno.chmod(`${root}/files`, 0o777);
  await writePattern(`${root}/files/large`, scale.fileBytes);
  await writePattern(`${root}/files/eighth`, scale.fileBytes / 8);
  await writePattern(`${root}/files/small`, 4096);
  await makeCrowd(`${root}/files/crowded`, scale.names);
  const contenders = await startContenders(root);
  for (const contender of contenders) stack.use(contender);
  const rows: RowResult[] = [];
  for (const row of ROWS.filter(({ name }) => fits(name))) {
    const startedMs = performance.now();
    rows.push(await measureRow(row, { contenders, load, scale, root }));
    console.error(`${row.name}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  }
  return { rows, contenders: contenders.map(({ name }) => name), limits };
}

async function measureLimits(
  load: LoadGenerator,
  scale: Scale,
  directory: string,
): Promise<ServerResults["limits"]> {
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
