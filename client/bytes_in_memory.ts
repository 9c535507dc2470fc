// Bytes that are in memory: as a source to be read from, and whether they are the same as others.

import { Buffer } from "node:buffer";
import type { ByteSource } from "../shared/byte_stream.ts";

/** All of `content`, once. */
export function memorySource(content: Uint8Array): ByteSource {
  let at = 0;
  return {
    read: (into) => {
      const piece = content.subarray(at, at + into.length);
      into.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length === 0 ? null : piece.length);
    },
  };
}

/** Whether they are the same bytes, and as many. */
export function isSameContent(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
