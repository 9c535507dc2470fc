// MODE Z: a data connection whose bytes are one zlib stream (RFC 1950), made and read piece by piece.

import { once } from "node:events";
import { createDeflate, createInflate, type Deflate, type Inflate } from "node:zlib";
import type { ByteStream } from "../shared/byte_stream.ts";
import { Fault, isFault } from "../shared/fault.ts";

/** What is compressed at once: a millisecond of work, which is how long other sessions wait. */
const SLICE_BYTES = 32 * 1024;
/**
 * What comes out at once, in either direction.
 *
 * SECURITY: a few bytes can inflate to a thousand times as many; no more than this of them, and the
 * stream's own buffer of as much, is in memory before it has been taken.
 */
const PIECE_BYTES = 64 * 1024;

/** The level at which bytes are put into a zlib stream as they are. */
export const STORED = 0;

/**
 * A stream whose written bytes travel compressed. It owns `wire`; nothing is read from it.
 *
 * @param level {@linkcode STORED}, or from 1, fast, to 9, small.
 */
export function deflated(wire: ByteStream, level: number): ByteStream {
  const deflate = createDeflate({ level, chunkSize: PIECE_BYTES });
  const carried = carryOut(deflate, wire);
  // Told where it matters, by the write or the finish that waits for it.
  carried.catch(() => {});
  return around(wire, deflate, {
    read: () => Promise.resolve(null),
    async write(bytes) {
      for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
        const slice = bytes.subarray(at, at + SLICE_BYTES);
        const taken = Promise.withResolvers<void>();
        deflate.write(slice, (error) => error ? taken.reject(error) : taken.resolve());
        await Promise.race([taken.promise, carried]);
      }
    },
    async finish() {
      deflate.end();
      await carried;
      await wire.finish();
    },
  });
}

/** Writes what comes out of the compressor, as fast as the wire takes it. */
async function carryOut(deflate: Deflate, wire: ByteStream): Promise<void> {
  try {
    for await (const piece of deflate) await wire.write(piece);
  } catch (error) {
    deflate.destroy();
    throw error;
  }
}

/**
 * A stream whose read bytes arrived compressed. It owns `wire`; a compressed stream that breaks off, or
 * is none, rejects with `truncated`. No bytes at all are an empty file.
 */
export function inflated(wire: ByteStream): ByteStream {
  const inflate = createInflate({ chunkSize: PIECE_BYTES });
  feed(inflate, wire);
  const pieces: AsyncIterator<Uint8Array> = inflate[Symbol.asyncIterator]();
  let ready: Uint8Array = new Uint8Array();
  return around(wire, inflate, {
    async read(into) {
      while (ready.length === 0) {
        const next = await nextOf(pieces);
        if (next === undefined) return null;
        ready = next;
      }
      const given = ready.subarray(0, into.length);
      into.set(given);
      ready = ready.subarray(given.length);
      return given.length;
    },
    write: () => Promise.reject(new Error("nothing is sent while a file is received")),
    finish: () => wire.finish(),
  });
}

async function nextOf(pieces: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    const next = await pieces.next();
    return next.done ? undefined : next.value;
  } catch (error) {
    // What the peer compressed is no such thing, or not all of it.
    throw isFault(error) ? error : new Fault("truncated", { cause: error });
  }
}

/** Hands the wire's bytes to the decompressor; whatever goes wrong is its failure. Never rejects. */
async function feed(inflate: Inflate, wire: ByteStream): Promise<void> {
  const buffer = new Uint8Array(SLICE_BYTES);
  let isEmpty = true;
  try {
    for (;;) {
      const count = await wire.read(buffer);
      if (count === null || inflate.destroyed) break;
      isEmpty = false;
      if (!inflate.write(buffer.slice(0, count))) await once(inflate, "drain");
    }
    if (isEmpty) inflate.push(null);
    else inflate.end();
  } catch (error) {
    inflate.destroy(error as Error);
  }
}

function around(
  wire: ByteStream,
  engine: Deflate | Inflate,
  course: Pick<ByteStream, "read" | "write" | "finish">,
): ByteStream {
  const close = () => {
    engine.destroy();
    wire.close();
  };
  return {
    local: wire.local,
    remote: wire.remote,
    secure: wire.secure,
    ...course,
    close,
    [Symbol.dispose]: close,
  };
}
