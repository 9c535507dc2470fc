// A download on its way: `.NAME.part` beside its target, locked, kept when interrupted, renamed when proven.

import { basename, dirname, join } from "node:path";
import { Fault } from "../shared/fault.ts";
import { ifThere } from "../shared/if_there.ts";

/** Where the part of a target lies. */
export function partPathOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.part`);
}

/** A part that is open for reading and writing, ours alone. */
export interface PartFile extends AsyncDisposable {
  readonly file: Deno.FsFile;
  /** Bytes that were there when it was opened. */
  readonly size: number;
  /** Forgets everything from `size` on and writes from there. */
  continueAt(size: number): Promise<void>;
  /** Makes it the target: sets the time, where one is known, and renames. */
  publish(modifiedMs: number | undefined): void;
}

/**
 * Opens the part of a target, new or left by an earlier try. Disposal without `publish` keeps it, unless it is
 * empty.
 *
 * @throws Fault `busy` when another process downloads to the same target; errors of the local disk
 */
export async function openPart(target: string): Promise<PartFile> {
  const path = partPathOf(target);
  const file = createPart(path) ?? await openOldPart(path);
  try {
    if (!file.tryLockSync(true)) throw new Fault("busy", { about: target });
    const { size } = file.statSync();
    return new LockedPart(target, path, file, size);
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * A part where there was nothing, not even a link; `undefined` where there was something. Calls that do not wait for
 * the disk are made at once: handing each of them to a thread took longer than a small file's transfer.
 */
function createPart(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path, { read: true, write: true, createNew: true });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return undefined;
    throw error;
  }
}

async function openOldPart(path: string): Promise<Deno.FsFile> {
  // SECURITY: whoever can write here could have left a link in its place; it must not be followed.
  const there = lstatOrNothing(path);
  if (there !== undefined && !there.isFile) await Deno.remove(path);
  return await Deno.open(path, { read: true, write: true, create: true });
}

class LockedPart implements PartFile {
  readonly #target: string;
  readonly #path: string;
  #published = false;
  /** Whether anything may have been written. */
  #hasBegun = false;

  constructor(target: string, path: string, readonly file: Deno.FsFile, readonly size: number) {
    this.#target = target;
    this.#path = path;
  }

  async continueAt(size: number): Promise<void> {
    if (size === 0 && this.size === 0 && !this.#hasBegun) {
      this.#hasBegun = true;
      return;
    }
    await this.file.truncate(size);
    await this.file.seek(size, Deno.SeekMode.Start);
  }

  publish(modifiedMs: number | undefined): void {
    if (modifiedMs !== undefined) {
      const seconds = modifiedMs / 1000;
      this.file.utimeSync(seconds, seconds);
    }
    Deno.renameSync(this.#path, this.#target);
    this.#published = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const empty = !this.#published && this.file.statSync().size === 0;
    this.file.close();
    if (empty) await Deno.remove(this.#path);
  }
}

/** What is there, links not followed; `undefined` for nothing. */
export function lstatOrNothing(path: string): Deno.FileInfo | undefined {
  return ifThere(() => Deno.lstatSync(path));
}
