// A file of the disk open for reading: as long as it was when it was opened, whatever happens to its name.

import type { Entry } from "../../shared/entry.ts";
import { Fault } from "../../shared/fault.ts";
import { createHasher, type HashAlgorithm, type Hasher } from "../../shared/hash.ts";
import { nameOf, type VirtualPath } from "../../shared/virtual_path.ts";
import { isSettled, type KnownDigests } from "./digest_cache.ts";
import { entryOf } from "./host_entry.ts";
import { asFaults } from "./host_fault.ts";
import type { HostStat, ReadableHostFile } from "./host_files.ts";
import type { StoredFile } from "./storage.ts";

/** A digest to be computed on the way, and where it is kept. */
export interface WantedDigest {
  readonly algorithm: HashAlgorithm;
  readonly known: KnownDigests;
}

/** Where reading begins, and what comes of it besides. */
export interface ReadOptions {
  readonly offset: number;
  readonly wanted?: WantedDigest | undefined;
}

/** Reads an open file from an offset to the size it had. */
export class StoredDiskFile implements StoredFile {
  readonly entry: Entry;
  readonly #file: ReadableHostFile;
  readonly #path: VirtualPath;
  #at: number;
  /** Of the bytes read so far, where all are read and their digest is wanted, not known and may be kept. */
  readonly #hasher: Hasher | undefined;
  readonly #wanted: WantedDigest | undefined;
  readonly #opened: HostStat;
  #reading: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(
    file: ReadableHostFile,
    stat: HostStat,
    path: VirtualPath,
    { offset, wanted }: ReadOptions,
  ) {
    this.entry = entryOf(nameOf(path), stat);
    this.#opened = stat;
    this.#wanted = wanted;
    // Asked now: what is changed while it is read must show in its time of change.
    const mayBeKept = offset === 0 && isSettled(stat, Date.now());
    if (wanted !== undefined && mayBeKept && !wanted.known.get(stat, wanted.algorithm)) {
      this.#hasher = createHasher(wanted.algorithm);
    }
    this.#file = file;
    this.#path = path;
    this.#at = offset;
  }

  read(into: Uint8Array<ArrayBuffer>): Promise<number | null> {
    const reading = asFaults(this.#path, () => this.#next(into));
    this.#reading = reading.catch(() => {});
    return reading;
  }

  async #next(into: Uint8Array<ArrayBuffer>): Promise<number | null> {
    if (this.#closed) throw new Fault("aborted", { about: this.#path });
    // What is appended meanwhile is left out: the peer was told this size.
    const left = this.entry.size - this.#at;
    if (left <= 0) return null;
    const count = await this.#file.read(into.subarray(0, left), this.#at);
    if (count === 0) {
      throw new Fault("host-failure", { about: this.#path, cause: "the file shrank under us" });
    }
    this.#at += count;
    this.#hasher?.update(into.subarray(0, count));
    if (this.#at === this.entry.size) this.#keepDigest();
    return count;
  }

  /** Keeps the digest of all that was read, unless the file was changed meanwhile. */
  #keepDigest(): void {
    if (this.#hasher === undefined || this.#wanted === undefined) return;
    const before = this.#opened, after = this.#file.stat();
    const same = after.size === before.size && after.modifiedMs === before.modifiedMs;
    if (!same) return;
    this.#wanted.known.set(before, this.#wanted.algorithm, this.#hasher.digest());
  }

  /** Waits for a read under way: its handle must not go to another file meanwhile. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#reading;
    this.#file[Symbol.dispose]();
  }
}
