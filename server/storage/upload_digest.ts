// The digest of what is being uploaded, taken from the bytes as they come.

import { createHasher, type HashAlgorithm, type Hasher } from "../../shared/hash.ts";
import type { KnownDigests } from "./digest_cache.ts";
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

  constructor(algorithm: HashAlgorithm) {
    this.#algorithm = algorithm;
    this.#hasher = createHasher(algorithm);
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
