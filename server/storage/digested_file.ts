// The file that was digested last: what carries it on need not be digested from its beginning.

import type { HashAlgorithm, Hasher } from "../../shared/hash.ts";
import { digestKey } from "./digest_cache.ts";
import type { HostStat } from "./host_files.ts";

/**
 * Who carries an upload on has its bytes proven first, by their digest. One is kept: the two requests come one after
 * the other.
 */
export class DigestedFile {
  #key = "";
  #hasher: Hasher | undefined;

  /** `stat` is of the file before its digest was taken, and a change since then would show in it. */
  note(stat: HostStat, algorithm: HashAlgorithm, hasher: Hasher): void {
    this.#key = digestKey(stat, algorithm);
    this.#hasher = hasher;
  }

  /** @returns a hasher that has taken all bytes of a file; `undefined` when another was digested last, or in another way. */
  hasherOf(stat: HostStat, algorithm: HashAlgorithm): Hasher | undefined {
    return this.#key === digestKey(stat, algorithm) ? this.#hasher?.fork() : undefined;
  }
}
