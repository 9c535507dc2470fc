// The digest of what is being uploaded, taken from the bytes as they come.

import { createHasher, type HashAlgorithm, type Hasher } from "../../shared/hash.ts";
import type { KnownDigests } from "./digest_cache.ts";
import type { DigestedFile } from "./digested_file.ts";
import type { HostStat } from "./host_files.ts";
import type { WriteOptions } from "./storage.ts";

/**
 * Takes every byte once, in order: when it is shown ahead of its write, or else when it is written. Ahead is
 * cheaper: a buffer that is full at last is larger than what the processor keeps at hand.
 */
export class UploadDigest {
  readonly #algorithm: HashAlgorithm;
  readonly #hasher: Hasher;
  /** Bytes that were shown and not written yet. */
  #aheadBytes = 0;

  /** @param hasher has taken the bytes before the first that comes. */
  constructor(algorithm: HashAlgorithm, hasher = createHasher(algorithm)) {
    this.#algorithm = algorithm;
    this.#hasher = hasher;
  }

  /** Bytes that the next writes will bring, in the same order. */
  foresee(bytes: Uint8Array): void {
    this.#hasher.update(bytes);
    this.#aheadBytes += bytes.length;
  }

  /** Bytes on their way to the file. */
  take(bytes: Uint8Array): void {
    const seen = Math.min(this.#aheadBytes, bytes.length);
    this.#aheadBytes -= seen;
    if (seen < bytes.length) this.#hasher.update(bytes.subarray(seen));
  }

  /** Remembers it for the file that all of it is now, `stat`. */
  keep(known: KnownDigests, stat: HostStat): void {
    // What was shown and never written is in the digest and not in the file.
    if (this.#aheadBytes > 0) return;
    known.set(stat, this.#algorithm, this.#hasher.digest());
  }
}

/** The one that an upload was asked for. */
export function digestFor({ digest }: WriteOptions): UploadDigest | undefined {
  return digest && new UploadDigest(digest);
}

/** That of an upload which carries on all of a file, where that file's bytes have just been digested. */
export function digestCarriedOn(
  digested: DigestedFile,
  file: HostStat,
  { digest }: WriteOptions,
): UploadDigest | undefined {
  const hasher = digest && digested.hasherOf(file, digest);
  return hasher && new UploadDigest(digest, hasher);
}
