// Reads that end: every one within a limit, whatever the peer does.

import type { ByteSource } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";

/** A source whose every read takes `limitMs` at most. @throws Fault `timed-out`, `aborted` */
export function boundedSource(
  source: ByteSource,
  limitMs: number,
  signal?: AbortSignal,
): ByteSource {
  const bounds = { limitMs, ...(signal && { signal }) };
  return { read: (into) => within(source.read(into), bounds) };
}

/** A source of which no more than so many bytes are read. @throws what `onMore` answers when there are more */
export function limitedLength(
  source: ByteSource,
  limitBytes: number,
  onMore: () => Error,
): ByteSource {
  let left = limitBytes;
  return {
    read: async (into) => {
      const count = await source.read(into);
      left -= count ?? 0;
      if (left < 0) throw onMore();
      return count;
    },
  };
}

/** Fills `into` as far as the source goes. @returns how many bytes */
export async function readFully(source: ByteSource, into: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const count = await source.read(into.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}
