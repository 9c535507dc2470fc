// A file of the disk open for reading: as long as it was when it was opened, whatever happens to its name.

import type { Entry } from "../../shared/entry.ts";
import { Fault } from "../../shared/fault.ts";
import { nameOf, type VirtualPath } from "../../shared/virtual_path.ts";
import { entryOf } from "./host_entry.ts";
import { asFaults } from "./host_fault.ts";
import type { HostStat, ReadableHostFile } from "./host_files.ts";
import type { StoredFile } from "./storage.ts";

/** Reads an open file from an offset to the size it had. */
export class StoredDiskFile implements StoredFile {
  readonly entry: Entry;
  readonly #file: ReadableHostFile;
  readonly #path: VirtualPath;
  #at: number;
  #reading: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(file: ReadableHostFile, stat: HostStat, path: VirtualPath, offset: number) {
    this.entry = entryOf(nameOf(path), stat);
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
    return count;
  }

  /** Waits for a read under way: its handle must not go to another file meanwhile. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#reading;
    this.#file[Symbol.dispose]();
  }
}
