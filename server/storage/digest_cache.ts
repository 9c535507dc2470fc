// Digests of whole files by what identifies their content: device, inode, size, time of change.

import { HASH_ALGORITHMS, type HashAlgorithm } from "../../shared/hash.ts";
import type { HostStat } from "./host_files.ts";

/** Digests kept at once: some 2 MiB, and more files than a session verifies in one go. */
const DEFAULT_LIMIT = 10_000;
/**
 * A file that changed later than this before it was digested may change again within the same tick
 * of its clock and look the same: FAT counts in steps of two seconds, others in milliseconds.
 */
const SETTLED_MS = 2000;

/** What is known of files that were digested before. */
export interface KnownDigests {
  /** @returns `undefined` where the digest of this very content is not known. */
  get(stat: HostStat, algorithm: HashAlgorithm): string | undefined;
  /** `stat` is of the file when its digest was taken, from before to after. */
  set(stat: HostStat, algorithm: HashAlgorithm, digest: string): void;
  /**
   * The time of change was set; the content is what it was. What another content once had under the
   * time that is set now is forgotten.
   */
  redate(before: HostStat, after: HostStat): void;
}

/** Remembers digests in memory, the most recently used ones. */
export class DigestCache implements KnownDigests {
  readonly #digests = new Map<string, string>();
  readonly #limit: number;

  constructor(limit = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  get(stat: HostStat, algorithm: HashAlgorithm): string | undefined {
    const key = digestKey(stat, algorithm);
    const digest = this.#digests.get(key);
    if (digest !== undefined) {
      this.#digests.delete(key);
      this.#digests.set(key, digest);
    }
    return digest;
  }

  set(stat: HostStat, algorithm: HashAlgorithm, digest: string): void {
    this.#digests.set(digestKey(stat, algorithm), digest);
    const oldest = this.#digests.keys().next();
    if (this.#digests.size > this.#limit && !oldest.done) this.#digests.delete(oldest.value);
  }

  redate(before: HostStat, after: HostStat): void {
    const forget = (stat: HostStat, algorithm: HashAlgorithm) =>
      void this.#digests.delete(digestKey(stat, algorithm));
    redateDigests(this, before, after, forget);
  }
}

/** Carries over what is known, algorithm by algorithm, and forgets what is not. */
export function redateDigests(
  known: KnownDigests,
  before: HostStat,
  after: HostStat,
  forget: (stat: HostStat, algorithm: HashAlgorithm) => void,
): void {
  for (const algorithm of HASH_ALGORITHMS) {
    const digest = known.get(before, algorithm);
    forget(after, algorithm);
    if (digest !== undefined) known.set(after, algorithm, digest);
  }
}

/** Whether a later change of this file's content would show in its time of change. */
export function isSettled(stat: HostStat, nowMs: number): boolean {
  return nowMs - stat.modifiedMs > SETTLED_MS;
}

/** What identifies a content and a way to digest it. */
export function digestKey(stat: HostStat, algorithm: HashAlgorithm): string {
  return `${algorithm} ${stat.device} ${stat.inode} ${stat.size} ${stat.modifiedMs}`;
}
