// What proof costs: verified transfers beside unverified ones, by this client and this server, in turns.

import process from "node:process";
import { connect } from "../client/connect.ts";
import type { Client } from "../client/client.ts";
import type { HashAlgorithm } from "../shared/hash.ts";
import { Secret } from "../shared/secret.ts";
import { OURS, type Served, startOurs } from "./contenders.ts";
import { cpuSeconds } from "./process_cost.ts";
import { type GroupResult, median, type RowResult } from "./result.ts";
import { titled } from "./row.ts";
import type { Scale } from "./scale.ts";
import { writePattern } from "./test_files.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** How transfers are proven. */
type Mode = "unverified" | HashAlgorithm;
const MODES = ["unverified", "SHA-256", "CRC32"] as const satisfies readonly Mode[];

/** What each verified rate is to reach, as a part of the unverified one. */
const GOALS = {
  plain: { "SHA-256": 0.5, CRC32: 0.9 },
  tls: { "SHA-256": 0.9, CRC32: 0.9 },
} as const;

/** Its rows are of one transfer each, so that a hiccup of the machine is all of a sample: more rounds than the others. */
const ROUNDS_FACTOR = { full: 3, quick: 1 };

/** What one transfer took: its rate, MiB/s, and the CPU time of both ends, seconds per GiB. */
interface Sample {
  readonly rate: number;
  readonly cpuPerGib: number;
}

/** One direction, with TLS or without. */
interface Way {
  readonly direction: "get" | "put";
  readonly tls: boolean;
}

/** Where transfers are measured. */
interface Ground {
  readonly server: Served;
  readonly scale: Scale;
  /** The host directory that the account sees as `/`, and one of this end. */
  readonly served: string;
  readonly here: string;
}

/**
 * Measures the rows whose name fits. The client is this process, the server one of its own; a transfer
 * counts from the request to the proof, the login not.
 *
 * @param root a directory, usually on a tmpfs.
 */
export async function measureVerification(
  root: string,
  scale: Scale,
  fits: (name: string) => boolean,
): Promise<Omit<GroupResult, "when" | "quick">> {
  const [served, here] = [`${root}/files`, `${root}/here`];
  for (const directory of [served, here]) {
    await Deno.mkdir(directory);
    await writePattern(`${directory}/large`, scale.fileBytes);
  }
  await using ours = await startOurs(root);
  const rows: RowResult[] = [];
  for (const tls of [false, true]) {
    const ground: Ground = { server: tls ? ours.secure : ours.plain, scale, served, here };
    for (const direction of ["get", "put"] as const) {
      const way = { direction, tls };
      if (scale.isQuick && (direction === "put") !== tls) continue;
      const names = MODES.slice(1).map((mode) => nameOf(way, mode));
      if (!names.some(fits)) continue;
      const startedMs = performance.now();
      rows.push(...await measureWay(way, ground));
      console.error(`${names[0]}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    }
  }
  return { contenders: [OURS, "unverified"], rows };
}

function nameOf({ direction, tls }: Way, mode: Mode): string {
  return titled(`${direction}, proven by ${mode}`, tls);
}

/** Each round begins with another mode; one more comes before, uncounted. */
async function measureWay(way: Way, ground: Ground): Promise<RowResult[]> {
  const samples = new Map<Mode, Sample[]>(MODES.map((mode) => [mode, []]));
  const { rounds, isQuick } = ground.scale;
  const counted = rounds * (isQuick ? ROUNDS_FACTOR.quick : ROUNDS_FACTOR.full);
  for (let round = 0; round <= counted; round++) {
    const first = round % MODES.length;
    for (const mode of [...MODES.slice(first), ...MODES.slice(0, first)]) {
      const sample = await transfer(way, ground, mode, round);
      if (round > 0) samples.get(mode)?.push(sample);
    }
  }
  const rates = (mode: Mode) => (samples.get(mode) ?? []).map(({ rate }) => rate);
  const cpu = (mode: Mode) => median((samples.get(mode) ?? []).map(({ cpuPerGib }) => cpuPerGib));
  const goals = way.tls ? GOALS.tls : GOALS.plain;
  return (["SHA-256", "CRC32"] as const).map((mode) => ({
    name: nameOf(way, mode),
    unit: "MiB/s",
    better: "higher",
    goal: { of: "ratio", at: goals[mode] },
    samples: { [OURS]: rates(mode), unverified: rates("unverified") },
    cpuPerGib: { [OURS]: cpu(mode), unverified: cpu("unverified") },
    generatorLoad: 0,
  }));
}

async function transfer(
  { direction, tls }: Way,
  { server, scale, served, here }: Ground,
  mode: Mode,
  round: number,
): Promise<Sample> {
  // No two rounds see the same file: neither end may remember its digest.
  const changed = new Date(Date.UTC(2020, 0, 1 + round, MODES.findIndex((each) => each === mode)));
  const from = `${direction === "get" ? served : here}/large`;
  await Deno.utime(from, changed, changed);
  await using client = await loggedIn(server, tls, mode);
  const arrived = `${direction === "get" ? here : served}/arrived`;
  const options = {
    existing: "refuse",
    verify: mode === "unverified" ? "never" : "always",
  } as const;
  const cpuBefore = await cpuOfBothEnds(server);
  const startedMs = performance.now();
  const { verified } = direction === "get"
    ? await client.download("large", { path: arrived }, options)
    : await client.upload({ path: from }, "arrived", options);
  const seconds = (performance.now() - startedMs) / 1000;
  const cpu = await cpuOfBothEnds(server) - cpuBefore;
  if (
    (mode === "unverified") !== (verified === "size") ||
    (mode !== "unverified" && verified !== mode)
  ) {
    throw new Error(`a transfer was proven by ${verified}, not ${mode}`);
  }
  await Deno.remove(arrived);
  return {
    rate: scale.fileBytes / MIB / seconds,
    cpuPerGib: cpu / (scale.fileBytes / GIB),
  };
}

/** CPU time so far of this process and the server's, seconds. */
async function cpuOfBothEnds({ pid }: Served): Promise<number> {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + await cpuSeconds([pid]);
}

/** A session to which the server offers the one digest only. */
async function loggedIn(server: Served, tls: boolean, mode: Mode): Promise<Client> {
  const { port, user, password } = server;
  const open = () =>
    connect({
      host: "127.0.0.1",
      port,
      tls: tls ? "required" : "off",
      trust: { kind: "anything" },
    });
  await using first = await open();
  await first.login(user, new Secret(password));
  const features = {
    ...first.features,
    hashAlgorithms: mode === "unverified" ? [] : [mode],
    digestCommands: [],
  };
  const client = await open();
  await client.login(user, new Secret(password), { known: { features } });
  return client;
}
