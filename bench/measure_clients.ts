// The clients' rows: rounds of all clients, interleaved, against one vsftpd; the first round is proven.

import { delayingProxy } from "../tests/support/delaying_proxy.ts";
import { startVsftpd } from "../tests/support/peers/vsftpd.ts";
import { temporaryDirectory } from "../tests/support/temporary_directory.ts";
import { type ClientContender, clientContenders, type Place } from "./client_contenders.ts";
import {
  CLIENT_ROWS,
  type ClientRow,
  type ClientScale,
  type ClientStage,
  type Folder,
  ROUND_TRIP_MS,
} from "./client_rows.ts";
import type { RowResult } from "./result.ts";
import { digestOf, writePattern } from "./test_files.ts";

const SMALL_BYTES = 4096;

/** Where the rows are measured. */
interface Ground {
  readonly clients: readonly ClientContender[];
  readonly scale: ClientScale;
  /** The host directory that the server shows as `files`, and one of this end. */
  readonly served: string;
  readonly here: string;
  readonly small: Folder;
  readonly far: Folder;
  place(row: ClientRow): Place;
}

/** What the clients' rows came to. */
export interface ClientResults {
  readonly rows: readonly RowResult[];
  readonly clients: readonly string[];
}

/**
 * Measures the rows whose name fits.
 *
 * @param root a directory, usually on a tmpfs.
 */
export async function measureClients(
  root: string,
  scale: ClientScale,
  fits: (name: string) => boolean,
): Promise<ClientResults> {
  await using stack = new AsyncDisposableStack();
  const there = stack.use(await temporaryDirectory(root)).path;
  const here = stack.use(await temporaryDirectory(root)).path;
  const plain = stack.use(await startVsftpd({ root: there }));
  // As its package has it: a data connection carries on the control connection's TLS session.
  const secure = stack.use(
    await startVsftpd({ root: there, tls: true, requireSessionReuse: true }),
  );
  const proxy = stack.use(delayingProxy(plain.port, ROUND_TRIP_MS));
  const served = `${there}/files`;
  await writePattern(`${served}/large`, scale.fileBytes);
  const ground: Ground = {
    clients: await clientContenders(here),
    scale,
    served,
    here,
    small: await makeFolder(served, here, "small", scale.smallFiles),
    far: await makeFolder(served, here, "far", scale.farFiles),
    place: ({ tls, isFar }) => {
      const { user, password } = plain;
      const { hostname, port } = isFar ? proxy : {
        hostname: "127.0.0.1",
        port: tls ? secure.port : plain.port,
      };
      return { host: hostname, port, user, password, tls };
    },
  };
  const rows: RowResult[] = [];
  for (const row of CLIENT_ROWS) {
    if ((row.isLong && scale.isQuick) || !fits(row.name)) continue;
    const startedMs = performance.now();
    rows.push(await measureRow(row, ground));
    console.error(`${row.name}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  }
  return { rows, clients: ground.clients.map(({ name }) => name) };
}

/** The same files at both ends. */
async function makeFolder(
  served: string,
  here: string,
  name: string,
  count: number,
): Promise<Folder> {
  const names = Array.from({ length: count }, (_, at) => `file-${at}`);
  for (const parent of [served, here]) {
    await Deno.mkdir(`${parent}/${name}`);
    await Deno.chmod(`${parent}/${name}`, 0o755);
    for (const each of names) await writePattern(`${parent}/${name}/${each}`, SMALL_BYTES);
  }
  return { remote: `files/${name}`, local: `${here}/${name}`, names };
}

/** Each round begins with another client, so that none always has the quiet or the warm moment. */
async function measureRow(row: ClientRow, ground: Ground): Promise<RowResult> {
  const { clients, scale } = ground;
  const samples: Record<string, number[]> = {};
  for (let round = 0; round <= scale.rounds; round++) {
    const first = round % clients.length;
    for (const client of [...clients.slice(first), ...clients.slice(0, first)]) {
      const seconds = await takeTurn(row, ground, client, round);
      if (round > 0) (samples[client.name] ??= []).push(seconds);
    }
  }
  return { name: row.name, unit: "s", better: "lower", samples, cpuPerGib: {}, generatorLoad: 0 };
}

async function takeTurn(
  row: ClientRow,
  ground: Ground,
  client: ClientContender,
  round: number,
): Promise<number> {
  const { served, here, small, far } = ground;
  const name = `fresh-${client.name}-${round}`;
  const stage: ClientStage = {
    large: { remote: "files/large", local: `${served}/large` },
    small,
    far,
    fresh: { remote: `files/${name}`, local: `${here}/${name}` },
  };
  const errand = row.errand(stage);
  // curl makes no folder of this end.
  if (errand.kind === "get-many") await Deno.mkdir(errand.local);
  const seconds = await client.run(errand, ground.place(row));
  const arrived = errand.kind.startsWith("get") ? `${here}/${name}` : `${served}/${name}`;
  if (errand.kind === "list") return seconds;
  if (round === 0) await prove(arrived, "names" in errand ? errand.names : undefined, served);
  await Deno.remove(arrived, { recursive: true });
  return seconds;
}

/** What arrived must be what was sent, every byte. */
async function prove(
  arrived: string,
  names: readonly string[] | undefined,
  served: string,
): Promise<void> {
  const expected = await digestOf(`${served}/${names ? `far/${names[0]}` : "large"}`);
  for (const path of names?.map((name) => `${arrived}/${name}`) ?? [arrived]) {
    if (await digestOf(path) !== expected) throw new Error(`${path} is not what was sent`);
  }
}
