// Part of a remote file: RETR from a restart offset, stopped after the last byte that is wanted.

import type { ByteSink, ByteSource } from "../shared/byte_stream.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { pump } from "../shared/pump.ts";
import { boundedSource } from "./bounded_read.ts";
import { exchangeData } from "./data_exchange.ts";
import { ContentDiffers } from "./failure.ts";
import { patienceFor, type Peer, useImageType } from "./peer.ts";

/** Which part of a file is fetched. */
export interface RangeOptions {
  /** Its first byte. */
  readonly start: number;
  /** One past its last byte. */
  readonly end: number;
  /** Whether the file must end there, and the server must say that it is complete; default false. */
  readonly isLast?: boolean;
  /** Stops with a Fault `aborted`; the sink has got what came before. */
  readonly signal?: AbortSignal;
}

/**
 * Fetches the bytes from `start` to `end`. Where the file goes on behind them the transfer is stopped (ABOR), however
 * much the server has to give: the connection may be broken then, which is told by the next use.
 *
 * @throws what `Client.downloadRange` says
 */
export async function downloadRange(
  peer: Peer,
  path: string,
  sink: ByteSink,
  { start, end, isLast = false, signal }: RangeOptions,
): Promise<void> {
  await useImageType(peer, signal);
  const wanted = end - start;
  const enough = new AbortController();
  let taken = 0;
  const counted: ByteSink = {
    write: async (bytes) => {
      await sink.write(bytes);
      taken += bytes.length;
    },
  };
  try {
    await exchangeData(peer, {
      command: `RETR ${path}`,
      direction: "in",
      offset: start,
      expectedBytes: wanted,
      completionMs: patienceFor(peer, 0),
      signal: signal ? AbortSignal.any([signal, enough.signal]) : enough.signal,
      move: async (stream, stop) => {
        const { stalledMs: stallMs } = peer.limits;
        await pump(endingAfter(stream, wanted), counted, { signal: stop, salvage: true, stallMs });
        if (taken < wanted) return;
        if (isLast) return await demandEnd(boundedSource(stream, stallMs, stop), path, end);
        enough.abort();
        throw new Fault("aborted");
      },
    });
  } catch (error) {
    const isEnough = isFault(error, "aborted") && enough.signal.aborted && !signal?.aborted;
    if (!isEnough) throw error;
  }
  if (taken < wanted) {
    throw new ContentDiffers(path, "size", `${start + taken} bytes`, `at least ${end} bytes`);
  }
}

/** The source, as if it ended after so many bytes. */
function endingAfter(source: ByteSource, bytes: number): ByteSource {
  let left = bytes;
  return {
    read: async (into) => {
      if (left === 0) return null;
      const count = await source.read(into.subarray(0, Math.min(into.length, left)));
      if (count !== null) left -= count;
      return count;
    },
  };
}

async function demandEnd(source: ByteSource, path: string, end: number): Promise<void> {
  if (await source.read(new Uint8Array(1)) === null) return;
  throw new ContentDiffers(path, "size", `${end} bytes`, `more than ${end} bytes`);
}
