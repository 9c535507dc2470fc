// Measures: this server beside foreign ones, this client beside foreign ones, verified transfers, and growth.
//
//   deno task bench [--quick] [--group server|client|verification|growth] [--only TEXT]
//                   [--peers vsftpd,pyftpdlib,proftpd,pure-ftpd] [--directory DIR] [--save FILE]

import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "../tests/support/temporary_directory.ts";
import { CLIENTS_FULL, CLIENTS_QUICK } from "./client_rows.ts";
import { PEER_NAMES } from "./contenders.ts";
import { cleansUpWhenStopped } from "./interrupted.ts";
import { keepGrowth } from "./growth_plot.ts";
import { keep, readKept } from "./kept_results.ts";
import { measureClients } from "./measure_clients.ts";
import { GROWTH_FULL, GROWTH_QUICK, measureGrowth } from "./measure_growth.ts";
import { measureServers } from "./measure_servers.ts";
import { measureVerification } from "./measure_verification.ts";
import { type GroupResult, regressions, type RunResult } from "./result.ts";
import { FULL, QUICK } from "./scale.ts";
import { formatReport } from "./table.ts";

const GIB = 1024 ** 3;
const RESULTS = fileURLToPath(new URL("./results/", import.meta.url));
const COMMITTED = new URL("../docs/performance.json", import.meta.url);
/** `--quick` leaves the heavier ones to the whole run. */
const QUICK_PEERS = ["vsftpd", "pyftpdlib"];

/** What the command line says. */
interface Wanted {
  readonly quick: boolean;
  readonly only: string;
  readonly peers: readonly string[];
  readonly save: string | undefined;
  readonly fits: (name: string) => boolean;
}

type Measured = Omit<GroupResult, "when" | "quick">;

/** The groups of rows, in their order; growth is a plot and no table. */
const GROUPS: Readonly<Record<string, (root: string, wanted: Wanted) => Promise<Measured>>> = {
  server: (root, { quick, peers, fits }) =>
    measureServers(root, { scale: quick ? QUICK : FULL, peers, fits }),
  client: async (root, { quick, fits }) => {
    const { rows, clients } = await measureClients(
      root,
      quick ? CLIENTS_QUICK : CLIENTS_FULL,
      fits,
    );
    return { rows, contenders: clients };
  },
  verification: (root, { quick, fits }) => measureVerification(root, quick ? QUICK : FULL, fits),
};
const GROWTH = "growth";

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      quick: { type: "boolean", default: false },
      group: { type: "string" },
      only: { type: "string", default: "" },
      peers: { type: "string" },
      directory: { type: "string", default: "/dev/shm" },
      save: { type: "string" },
    },
  });
  const { quick, only, group, save } = values;
  const known = [...Object.keys(GROUPS), GROWTH];
  if (group !== undefined && !known.includes(group)) refuse(`--group is one of ${known}`);
  const peers = values.peers?.split(",").filter(Boolean) ?? (quick ? QUICK_PEERS : PEER_NAMES);
  const stranger = peers.find((peer) => !PEER_NAMES.includes(peer));
  if (stranger !== undefined) refuse(`--peers knows ${PEER_NAMES}, not "${stranger}"`);
  if (only !== "" && save !== undefined) refuse("--save keeps whole groups: leave out --only");
  const fits = (name: string) => name.toLowerCase().includes(only.toLowerCase());
  const wanted: Wanted = { quick, only, peers, save, fits };
  const names = group === undefined ? Object.keys(GROUPS) : [group];
  await using root = await temporaryDirectory(values.directory);
  using _cleaning = cleansUpWhenStopped(root.path);
  await Deno.chmod(root.path, 0o755);
  await Deno.mkdir(RESULTS, { recursive: true });
  await measureGroups(root.path, names.filter((name) => name !== GROWTH), wanted);
  const isWhole = group === undefined && !quick && only === "";
  if (group === GROWTH || isWhole) await growth(root.path, wanted);
}

function refuse(why: string): never {
  console.error(why);
  Deno.exit(2);
}

/** Prints each group's table as soon as it is there, keeps it, and says where it is worse than the committed one. */
async function measureGroups(
  root: string,
  names: readonly string[],
  wanted: Wanted,
): Promise<void> {
  const { quick, only, save } = wanted;
  const committed = await readKept(COMMITTED);
  const worse: string[] = [];
  for (const name of names) {
    await using own = await temporaryDirectory(root);
    await Deno.chmod(own.path, 0o755);
    console.error(`-- ${name}`);
    const measured = await GROUPS[name]!(own.path, wanted);
    const group: GroupResult = { when: new Date().toISOString(), quick, ...measured };
    const run: RunResult = { machine: machine(), groups: { [name]: group } };
    console.log(formatReport(run));
    await keep(`${RESULTS}latest.json`, run);
    if (save !== undefined) await keep(save, run);
    const earlier = committed?.groups[name];
    if (earlier !== undefined) worse.push(...regressions(group, earlier, !quick && only === ""));
  }
  for (const line of worse) console.log(`worse than docs/performance.json: ${line}`);
}

/** Measures growth and draws it: beside the kept results, or where the latest ones are. */
async function growth(root: string, { quick, save }: Wanted): Promise<void> {
  console.error(`-- ${GROWTH}`);
  const result = await measureGrowth(root, quick ? GROWTH_QUICK : GROWTH_FULL);
  const directory = save === undefined ? RESULTS : save.replace(/[^/]*$/, "");
  await keepGrowth(directory, { when: new Date().toISOString(), quick, ...result });
  console.log(`growth: ${directory}growth.svg, ${directory}growth.json`);
}

function machine(): RunResult["machine"] {
  return {
    cores: navigator.hardwareConcurrency,
    memoryGib: Math.round(Deno.systemMemoryInfo().total / GIB),
    kernel: Deno.osRelease(),
    deno: Deno.version.deno,
  };
}
