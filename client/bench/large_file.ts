// What one connection carries: a large file up and down, for as long as there is time.

import { randomBytes } from "node:crypto";
import type { ByteSource } from "../../shared/byte_stream.ts";
import { approximateRate, approximateSize } from "../../shared/units.ts";
import type { Visit } from "../visit.ts";
import type { BenchFolder } from "./bench_folder.ts";
import { type BenchLimits, type Measurement, perSecond } from "./measure.ts";

/** Bytes that no compression makes fewer, sent again and again. */
const PATTERN_BYTES = 1024 * 1024;

/** The large file's path, once it is there, and how it went up. */
export interface LargeUpload {
  readonly measurement: Measurement;
  readonly path: string;
}

/** Sends up to `largeBytes`; what is sent when the time is over is the file. */
export async function measureUpload(
  visit: Visit,
  folder: BenchFolder,
  { largeBytes, measureMs }: BenchLimits,
  signal: AbortSignal,
): Promise<LargeUpload> {
  const client = await visit.client(signal);
  const path = folder.file("large");
  const source = endingSource(largeBytes, performance.now() + measureMs);
  const options = { existing: "replace", verify: "never", preserve: false, signal } as const;
  const { size, elapsedMs } = await client.upload({ source }, path, options);
  return { measurement: throughput("upload", size, elapsedMs), path };
}

/** Fetches it, and stops when the time is over. */
export async function measureDownload(
  visit: Visit,
  path: string,
  { measureMs }: BenchLimits,
  signal: AbortSignal,
): Promise<Measurement> {
  const client = await visit.client(signal);
  const timeOver = AbortSignal.timeout(measureMs);
  const startedMs = performance.now();
  let bytes = 0;
  const sink = {
    write: (piece: Uint8Array) => {
      bytes += piece.length;
      return Promise.resolve();
    },
  };
  try {
    const either = AbortSignal.any([signal, timeOver]);
    await client.download(path, { sink }, { verify: "never", signal: either });
  } catch (error) {
    if (signal.aborted || !timeOver.aborted) throw error;
  }
  return throughput("download", bytes, performance.now() - startedMs);
}

function throughput(
  name: "upload" | "download",
  bytes: number,
  elapsedMs: number,
): Measurement {
  const rate = perSecond(bytes, elapsedMs);
  return {
    name,
    figures: { bytes, elapsed_ms: Math.round(elapsedMs), bytes_per_second: Math.round(rate) },
    line: `${approximateRate(rate)} (${approximateSize(bytes)} over one connection)`,
  };
}

/** Gives so many bytes, or fewer when it is time. */
function endingSource(size: number, endMs: number): ByteSource {
  const pattern = randomBytes(PATTERN_BYTES);
  let given = 0;
  return {
    read: (into) => {
      const count = Math.min(into.length, pattern.length, size - given);
      if (count === 0 || performance.now() >= endMs) return Promise.resolve(null);
      into.set(pattern.subarray(0, count));
      given += count;
      return Promise.resolve(count);
    },
  };
}
