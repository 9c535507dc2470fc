// Digesting what is in a file, chunk by chunk, so that other sessions go on meanwhile.

import { Fault } from "../../shared/fault.ts";
import { createHasher, type HashAlgorithm } from "../../shared/hash.ts";
import { isSettled, type KnownDigests } from "./digest_cache.ts";
import type { DigestedFile } from "./digested_file.ts";
import type { ReadableHostFile } from "./host_files.ts";
import type { ByteRange } from "./storage.ts";

/** Read at once: a millisecond of hashing, which is how long others wait for their turn. */
const CHUNK_BYTES = 256 * 1024;

/** What is remembered of files that were digested. */
export interface DigestMemory {
  readonly digests: KnownDigests;
  readonly digested: DigestedFile;
}

/**
 * The digest of an open file or a part of it, lower-case hexadecimal; that of a whole file is remembered.
 *
 * @throws Fault `bad-restart` when the part is not in it, `aborted`; `host-failure` when it shrinks meanwhile.
 */
export async function digestOf(
  file: ReadableHostFile,
  algorithm: HashAlgorithm,
  { digests, digested }: DigestMemory,
  { path, range, signal }: {
    path: string;
    range: ByteRange | undefined;
    signal: AbortSignal | undefined;
  },
): Promise<string> {
  const before = file.stat();
  const { start, end } = range ?? { start: 0, end: before.size };
  if (start > end || end > before.size) throw new Fault("bad-restart", { about: path });
  const isWhole = start === 0 && end === before.size;
  const known = isWhole ? digests.get(before, algorithm) : undefined;
  if (known !== undefined) return known;
  // Asked before the first byte is read: a change after that must show in the time of change.
  const wasSettled = isSettled(before, Date.now());
  const hasher = createHasher(algorithm);
  await eachChunk(file, { start, end }, (bytes) => hasher.update(bytes), signal);
  const after = file.stat();
  const isSame = after.size === before.size && after.modifiedMs === before.modifiedMs;
  const mayBeKept = isWhole && isSame && wasSettled;
  if (mayBeKept) digested.note(before, algorithm, hasher.fork());
  const digest = hasher.digest();
  if (mayBeKept) digests.set(before, algorithm, digest);
  return digest;
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
