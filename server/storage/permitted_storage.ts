// Storage with the rights of an account: what it may read, change and list, directory by directory.

import type { Entry } from "../../shared/entry.ts";
import { Fault, isFault } from "../../shared/fault.ts";
import type { HashAlgorithm } from "../../shared/hash.ts";
import { caseFolded, childOf, isWithin, type VirtualPath } from "../../shared/virtual_path.ts";
import { kept } from "./batches.ts";
import type { Powers } from "./powers.ts";
import type { QuotaState } from "./quota_books.ts";
import type {
  DigestOptions,
  PendingUpload,
  Storage,
  StorageAbilities,
  StoredFile,
  Upload,
  WriteOptions,
} from "./storage.ts";

/** What may be done in a directory. */
export interface Rights {
  readonly read: boolean;
  readonly write: boolean;
  readonly list: boolean;
}

/** Rights for a directory and all below it. */
export interface RightsAt {
  readonly path: VirtualPath;
  readonly rights: Rights;
}

/** Reads letters of `rwl`; none is none. */
export function rightsOf(letters: string): Rights {
  return {
    read: letters.includes("r"),
    write: letters.includes("w"),
    list: letters.includes("l"),
  };
}

/**
 * Storage of which only so much may be used. The deepest of `exceptions` that holds a path decides; a
 * link has the rights of its own path, whatever it leads to.
 */
export class PermittedStorage implements Storage {
  readonly abilities: StorageAbilities;
  readonly #inner: Storage;
  readonly #usual: Rights;
  /** The deepest first. */
  readonly #exceptions: readonly RightsAt[];

  constructor(inner: Storage, usual: Rights, exceptions: readonly RightsAt[] = []) {
    this.abilities = inner.abilities;
    this.#inner = inner;
    this.#usual = usual;
    this.#exceptions = exceptions.toSorted((one, other) => other.path.length - one.path.length);
  }

  powers(path: VirtualPath): Powers {
    const { read, write, list } = this.#at(path);
    const inner = this.#inner.powers(path);
    return {
      read: read && inner.read,
      list: list && inner.list,
      overwrite: write && inner.overwrite,
      fill: write && inner.fill,
      empty: write && inner.empty,
      remove: write && inner.remove,
      rename: write && inner.rename && !this.#holdsException(path),
    };
  }

  async stat(path: VirtualPath): Promise<Entry> {
    const { read, write, list } = this.#at(path);
    // SECURITY: what may neither be listed nor read is as good as absent, file by file.
    if (!read && !write && !list) throw new Fault("not-found", { about: path });
    const entry = await this.#inner.stat(path);
    if (!read && !list && entry.type !== "directory") throw new Fault("not-found", { about: path });
    return entry;
  }

  list(path: VirtualPath, signal?: AbortSignal): AsyncIterable<readonly Entry[]> {
    return this.#visible(path, this.#inner.list(path, signal), ({ name }) => name);
  }

  names(path: VirtualPath, signal?: AbortSignal): AsyncIterable<readonly string[]> {
    return this.#visible(path, this.#inner.names(path, signal), (name) => name);
  }

  async read(path: VirtualPath, offset: number, digest?: HashAlgorithm): Promise<StoredFile> {
    this.#require("read", path);
    return await this.#inner.read(path, offset, digest);
  }

  async write(path: VirtualPath, options: WriteOptions): Promise<Upload> {
    this.#require("write", path);
    return await this.#inner.write(path, options);
  }

  async unfinished(path: VirtualPath): Promise<number | undefined> {
    return this.#at(path).write ? await this.#inner.unfinished(path) : undefined;
  }

  pending(): AsyncIterable<PendingUpload> {
    return this.#inner.pending();
  }

  async forget(path: VirtualPath): Promise<void> {
    this.#require("write", path);
    await this.#inner.forget(path);
  }

  async removeFile(path: VirtualPath): Promise<void> {
    this.#require("write", path);
    await this.#inner.removeFile(path);
  }

  async removeDirectory(path: VirtualPath): Promise<void> {
    this.#require("write", path);
    await this.#inner.removeDirectory(path);
  }

  async createDirectory(path: VirtualPath): Promise<void> {
    this.#require("write", path);
    await this.#inner.createDirectory(path);
  }

  async rename(from: VirtualPath, to: VirtualPath): Promise<void> {
    this.#require("write", from);
    this.#require("write", to);
    const [before, after] = [this.#at(from), this.#at(to)];
    // SECURITY: a move must not open what was closed: by going where more is allowed, or by taking a
    // directory away from the path its exception is for.
    const opens = (after.read && !before.read) || (after.list && !before.list);
    if (opens || this.#holdsException(from)) throw new Fault("denied", { about: from });
    await this.#inner.rename(from, to);
  }

  async setModified(path: VirtualPath, modifiedMs: number): Promise<void> {
    this.#require("write", path);
    await this.#inner.setModified(path, modifiedMs);
  }

  async setMode(path: VirtualPath, mode: number): Promise<number> {
    this.#require("write", path);
    return await this.#inner.setMode(path, mode);
  }

  async digest(
    path: VirtualPath,
    algorithm: HashAlgorithm,
    options?: DigestOptions,
  ): Promise<string> {
    const { read, write } = this.#at(path);
    // Who may write but not read may prove an upload of its own all the same, while it is unfinished.
    const isOwn = options?.base === "unfinished" || (!read && write && await this.#isAbsent(path));
    if (isOwn ? !write : !read) throw new Fault("denied", { about: path });
    return await this.#inner.digest(path, algorithm, options);
  }

  space(): Promise<number> {
    return this.#inner.space();
  }

  quota(): Promise<QuotaState | undefined> {
    return this.#inner.quota();
  }

  async *#visible<T>(
    directory: VirtualPath,
    batches: AsyncIterable<readonly T[]>,
    nameOf: (one: T) => string,
  ): AsyncGenerator<readonly T[]> {
    this.#require("list", directory);
    // Without an exception below it, all in it has the rights of the directory, which may be listed.
    if (!this.#holdsException(directory)) return yield* batches;
    yield* kept(batches, (one) => {
      const { read, write, list } = this.#at(childOf(directory, nameOf(one)));
      return read || write || list;
    });
  }

  #at(path: VirtualPath): Rights {
    return this.#exceptions.find((each) => holds(each.path, path))?.rights ?? this.#usual;
  }

  #holdsException(path: VirtualPath): boolean {
    return this.#exceptions.some((each) => holds(path, each.path));
  }

  #require(right: keyof Rights, path: VirtualPath): void {
    if (!this.#at(path)[right]) throw new Fault("denied", { about: path });
  }

  async #isAbsent(path: VirtualPath): Promise<boolean> {
    try {
      await this.#inner.stat(path);
      return false;
    } catch (error) {
      if (isFault(error, "not-found")) return true;
      throw error;
    }
  }
}

/** SECURITY: on hosts that know names in any case, other letters are the same directory. */
function holds(directory: VirtualPath, path: VirtualPath): boolean {
  if (Deno.build.os === "linux") return isWithin(path, directory);
  return isWithin(caseFolded(path), caseFolded(directory));
}
