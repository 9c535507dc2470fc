// How many small files a second go up and come down, side by side over several connections.

import { randomBytes } from "node:crypto";
import { CommandFailure } from "../../shared/exit_code.ts";
import { approximateSize } from "../../shared/units.ts";
import { memorySource } from "../bytes_in_memory.ts";
import type { Client } from "../client.ts";
import { isFinal } from "../failure_report.ts";
import type { RemoteEntry } from "../remote_entry.ts";
import type { Visit } from "../visit.ts";
import type { BenchFolder } from "./bench_folder.ts";
import { type BenchLimits, type Measurement, perSecond } from "./measure.ts";

/** Measures both ways; what was not uploaded in time is not downloaded. */
export async function* measureSmallFiles(
  visit: Visit,
  folder: BenchFolder,
  limits: BenchLimits,
  signal: AbortSignal,
): AsyncGenerator<Measurement, void, void> {
  const clients = await openSeveral(visit, limits.connections, signal);
  try {
    const content = randomBytes(limits.fileBytes);
    const up = await sideBySide(clients, limits, limits.files, async (client, at) => {
      const source = memorySource(content);
      const options = { existing: "replace", verify: "never", preserve: false, signal } as const;
      await client.upload({ source }, folder.file(`small-${at}`), options);
    });
    yield measurement("upload_files", up, clients.length, limits);
    // As a mirror has it: the listing told already what SIZE would tell.
    const entries = await Array.fromAsync(clients[0]!.list(folder.path, { signal }));
    const small = entries.filter(({ name }) => name.startsWith("small-"));
    const down = await sideBySide(clients, limits, small.length, async (client, at) => {
      await fetch(client, folder, small[at]!, signal);
    });
    yield measurement("download_files", down, clients.length, limits);
  } finally {
    for (const client of clients.slice(1)) await client.close();
  }
}

async function fetch(
  client: Client,
  folder: BenchFolder,
  entry: RemoteEntry,
  signal: AbortSignal,
): Promise<void> {
  const sink = { write: () => Promise.resolve() };
  await client.download(folder.file(entry.name), { sink }, { entry, verify: "never", signal });
}

/** The visit's own connection and as many more as the server gives. */
async function openSeveral(
  visit: Visit,
  connections: number,
  signal: AbortSignal,
): Promise<Client[]> {
  const clients = [await visit.client(signal)];
  while (clients.length < connections && !clients[0]!.goesAlone) {
    try {
      clients.push(await visit.another(undefined, signal));
    } catch (error) {
      if (!(error instanceof CommandFailure) || isFinal(error)) throw error;
      // The server allows no more: then this is how many there are.
      break;
    }
  }
  return clients;
}

interface Ran {
  readonly files: number;
  readonly elapsedMs: number;
}

/** Does it for 0, 1, 2 … on whichever connection is free, until all are done or the time is over. */
async function sideBySide(
  clients: readonly Client[],
  { measureMs }: BenchLimits,
  count: number,
  work: (client: Client, at: number) => Promise<void>,
): Promise<Ran> {
  const startedMs = performance.now();
  let next = 0;
  let files = 0;
  const ended = await Promise.allSettled(clients.map(async (client) => {
    while (next < count && performance.now() - startedMs < measureMs) {
      await work(client, next++);
      files++;
    }
  }));
  for (const end of ended) if (end.status === "rejected") throw end.reason;
  return { files, elapsedMs: performance.now() - startedMs };
}

function measurement(
  name: "upload_files" | "download_files",
  { files, elapsedMs }: Ran,
  connections: number,
  { fileBytes }: BenchLimits,
): Measurement {
  const rate = perSecond(files, elapsedMs);
  const over = `${connections} ${connections === 1 ? "connection" : "connections"}`;
  return {
    name,
    figures: {
      files,
      file_bytes: fileBytes,
      connections,
      elapsed_ms: Math.round(elapsedMs),
      files_per_second: rate,
    },
    line: `${rate} files a second (${files} of ${approximateSize(fileBytes)} over ${over})`,
  };
}
