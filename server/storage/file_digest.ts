// Digesting what is in a file, chunk by chunk, so that other sessions go on meanwhile.

import { Fault } from "../../shared/fault.ts";
import { createHasher, type HashAlgorithm } from "../../shared/hash.ts";
import type { ReadableHostFile } from "./host_files.ts";
import type { ByteRange } from "./storage.ts";

/** Read at once: a millisecond of hashing, which is how long others wait for their turn. */
const CHUNK_BYTES = 256 * 1024;

/**
 * The digest of part of an open file, lower-case hexadecimal.
 *
 * @throws Fault `aborted`; `host-failure` when the file shrinks meanwhile.
 */
export async function digestOf(
  file: ReadableHostFile,
  algorithm: HashAlgorithm,
  range: ByteRange,
  signal?: AbortSignal,
): Promise<string> {
  const hasher = createHasher(algorithm);
  await eachChunk(file, range, (bytes) => hasher.update(bytes), signal);
  return hasher.digest();
}

/** Hands the bytes of `range` to `take`, in order; they are valid until it returns or resolves. */
export async function eachChunk(
  file: ReadableHostFile,
  { start, end }: ByteRange,
  take: (bytes: Uint8Array) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, end - start));
  for (let at = start; at < end;) {
    if (signal?.aborted) throw new Fault("aborted", { cause: signal.reason });
    const count = await file.read(buffer.subarray(0, Math.min(buffer.length, end - at)), at);
    if (count === 0) {
      throw new Fault("host-failure", { cause: "the file shrank while it was read" });
    }
    await take(buffer.subarray(0, count));
    at += count;
  }
}
