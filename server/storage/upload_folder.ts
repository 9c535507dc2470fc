// Where uploads live until they are whole: which file is whose, which one is still written.
//
// An upload is a file `KEY-ID.part`; KEY stands for its virtual path, ID tells several to one path
// apart. Its writer holds an exclusive lock, which ends with the process, so what can be locked is
// unfinished. Beside it `KEY-ID.json` says the path and when it began; only tables for people need it.

import { hash } from "node:crypto";
import { Fault } from "../../shared/fault.ts";
import { ifThere } from "../../shared/if_there.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import { amountOf } from "./disk_usage.ts";
import { hostCode } from "./host_fault.ts";
import type { HostFiles, WritableHostFile } from "./host_files.ts";
import { type HostPath, ownChild } from "./jailed_path.ts";
import { type AccountBooks, difference, NO_AMOUNT } from "./quota_books.ts";
import { UploadPart, type UploadRecord } from "./upload_part.ts";

/** How often a file that seems to be in use is tried again: another thread may only be asking. */
const CLAIM_ATTEMPTS = 5;
const CLAIM_PAUSE_MS = 2;

/**
 * So many uploads an account keeps on one file system; the oldest goes for the next.
 *
 * SECURITY: each look for one reads the names of all, and meanwhile the thread serves nobody else: 1.6 ms
 * at this bound, parts and records together, where an asynchronous look would cost every usual one more.
 */
export const KEPT_UPLOADS = 1_000;

/** What is kept of an upload that nobody writes any more. */
export interface Unfinished {
  readonly host: HostPath;
  /** Bytes. */
  readonly size: number;
}

/** The uploads of one account on one file system. */
export class UploadFolder {
  readonly #files: HostFiles;
  /** Holds the bytes. */
  readonly #parts: HostPath;
  /** Holds the records; always in HOME, so that a sweep finds them. */
  readonly #records: HostPath;
  readonly #books: AccountBooks;

  constructor(files: HostFiles, parts: HostPath, records: HostPath, books: AccountBooks) {
    this.#files = files;
    this.#parts = parts;
    this.#records = records;
    this.#books = books;
  }

  /** Where a new upload of `path` will be. `copy`: not to be found until {@linkcode UploadPart.reveal}. */
  newPlace(path: VirtualPath, kind: "part" | "copy"): HostPath {
    return ownChild(this.#parts, `${keyOf(path)}-${randomId()}.${kind}`);
  }

  /** Removes uploads that nobody writes, the oldest first, until one more may be kept. */
  async makeRoom(): Promise<void> {
    const names = this.#names().filter((name) => /\.(part|copy)$/.test(name));
    let excess = names.length + 1 - KEPT_UPLOADS;
    if (excess <= 0) return;
    for (const host of this.#oldestFirst(names)) {
      const part = this.#lock(host);
      if (part === undefined) continue;
      await removeUnfinished(part, this.#books);
      if (--excess === 0) return;
    }
  }

  /** A new, empty upload of `path` at its place. */
  create(path: VirtualPath, host: HostPath, nowMs: number): UploadPart {
    const stem = this.#stemOf(host);
    const file = this.#make(host);
    const part = new UploadPart(this.#files, { file, host, record: this.#recordOf(stem) });
    try {
      if (!file.tryLock("exclusive")) throw new Fault("busy", { about: path });
      part.note({ path, sinceMs: nowMs, bytes: this.#partOf(stem) } satisfies UploadRecord);
      return part;
    } catch (error) {
      part.remove();
      throw error;
    }
  }

  /** Makes the file, and its directory where that is missing: the first time, as a rule. */
  #make(host: HostPath): WritableHostFile {
    try {
      return this.#files.openToWrite(host, "create");
    } catch (error) {
      if (hostCode(error) !== "ENOENT") throw error;
      this.#files.makePrivateDirectory(this.#parts);
      return this.#files.openToWrite(host, "create");
    }
  }

  /** The unfinished upload of `path`, the one written last. */
  find(path: VirtualPath): Unfinished | undefined {
    return this.#dead(path)[0];
  }

  /**
   * Takes over the unfinished upload of `path`: from now on it is being written.
   *
   * @returns `undefined` where there is none.
   */
  async claim(path: VirtualPath): Promise<UploadPart | undefined> {
    for (let attempt = 1;; attempt++) {
      const found = this.find(path);
      const part = found && this.#lock(found.host);
      if (part !== undefined) {
        try {
          await this.forget(path, part);
          return part;
        } catch (error) {
          part.release();
          throw error;
        }
      }
      if (found === undefined || attempt === CLAIM_ATTEMPTS) return undefined;
      await new Promise((resolve) => setTimeout(resolve, CLAIM_PAUSE_MS));
    }
  }

  /** Throws away what is unfinished of `path`, except `kept`. */
  async forget(path: VirtualPath, kept?: UploadPart): Promise<void> {
    for (const { host } of this.#dead(path)) {
      const part = host === kept?.host ? undefined : this.#lock(host);
      if (part !== undefined) await removeUnfinished(part, this.#books);
    }
  }

  /** Uploads of `path` that hold bytes and that nobody writes, the latest first. */
  #dead(path: VirtualPath): Unfinished[] {
    const found: (Unfinished & { modifiedMs: number })[] = [];
    const beginning = `${keyOf(path)}-`;
    for (const name of this.#names()) {
      if (!name.startsWith(beginning) || !name.endsWith(".part")) continue;
      const part = this.#open(ownChild(this.#parts, name));
      if (part === undefined) continue;
      try {
        const { size, modifiedMs } = part.file.stat();
        if (size === 0 || !part.file.tryLock("shared")) continue;
        found.push({ host: part.host, size, modifiedMs });
      } finally {
        part.release();
      }
    }
    return found.sort((one, other) => other.modifiedMs - one.modifiedMs);
  }

  #oldestFirst(names: readonly string[]): HostPath[] {
    const aged = names.flatMap((name) => {
      const host = ownChild(this.#parts, name);
      const stat = ifThere(() => this.#files.lstat(host));
      return stat === undefined ? [] : [{ host, modifiedMs: stat.modifiedMs }];
    });
    return aged.sort((one, other) => one.modifiedMs - other.modifiedMs).map(({ host }) => host);
  }

  #names(): string[] {
    return ifThere(() => this.#files.namesNow(this.#parts)) ?? [];
  }

  /** @returns `undefined` when another session has it, or had it a moment ago. */
  #lock(host: HostPath): UploadPart | undefined {
    const part = this.#open(host);
    if (part === undefined) return undefined;
    let isOurs = false;
    try {
      isOurs = part.file.tryLock("exclusive") && isStillAt(part, this.#files);
    } finally {
      if (!isOurs) part.release();
    }
    return isOurs ? part : undefined;
  }

  /** @returns `undefined` when it has just been published or removed. */
  #open(host: HostPath): UploadPart | undefined {
    const file = ifThere(() => this.#files.openToWrite(host, "existing"));
    const record = this.#recordOf(this.#stemOf(host));
    return file && new UploadPart(this.#files, { file, host, record });
  }

  #stemOf(host: HostPath): string {
    return host.slice(this.#parts.length + 1).replace(/\.(part|copy)$/, "");
  }

  #partOf(stem: string): HostPath {
    return ownChild(this.#parts, `${stem}.part`);
  }

  #recordOf(stem: string): HostPath {
    return ownChild(this.#records, `${stem}.json`);
  }
}

/** Removes an unfinished upload that was locked, and takes it out of the books. */
export async function removeUnfinished(part: UploadPart, books: AccountBooks): Promise<void> {
  try {
    await books.change(() => ({
      kept: difference(NO_AMOUNT, amountOf(part.file.stat())),
      act: () => part.remove(),
    }));
  } finally {
    part.release();
  }
}

/** Between finding and locking it another session may have published or removed it. */
function isStillAt(part: UploadPart, files: HostFiles): boolean {
  return ifThere(() => files.lstat(part.host))?.inode === part.file.stat().inode;
}

/** Stands for a path in a file name: paths are longer than names may be. */
function keyOf(path: VirtualPath): string {
  return hash("sha256", path, "hex").slice(0, 32);
}

function randomId(): string {
  return crypto.getRandomValues(new Uint8Array(8)).toHex();
}
