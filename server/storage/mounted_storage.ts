// Several storages as one tree: folders from elsewhere seen at paths of an account's own.

import type { Entry } from "../../shared/entry.ts";
import { Fault, isFault } from "../../shared/fault.ts";
import type { HashAlgorithm } from "../../shared/hash.ts";
import {
  childOf,
  isWithin,
  nameOf,
  ROOT,
  segmentsOf,
  type VirtualPath,
  withinDirectory,
} from "../../shared/virtual_path.ts";
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

/** A storage and where it is seen. */
export interface MountedAt {
  /** Not the root. */
  readonly path: VirtualPath;
  readonly storage: Storage;
}

/** A storage with others in its tree; what a mount covers of it is out of reach. */
export class MountedStorage implements Storage {
  readonly abilities: StorageAbilities;
  readonly #root: Storage;
  /** The deepest first. */
  readonly #mounts: readonly MountedAt[];

  constructor(root: Storage, mounts: readonly MountedAt[]) {
    this.abilities = root.abilities;
    this.#root = root;
    this.#mounts = mounts.toSorted((one, other) => other.path.length - one.path.length);
  }

  powers(path: VirtualPath): Powers {
    const { storage, inner } = this.#find(path);
    const powers = storage.powers(inner);
    if (!this.#leadsToMount(path)) return powers;
    return { ...powers, overwrite: false, remove: false, rename: false };
  }

  async stat(path: VirtualPath): Promise<Entry> {
    try {
      const entry = await this.#within(path, (storage, inner) => storage.stat(inner));
      return { ...entry, name: nameOf(path) };
    } catch (error) {
      if (!isFault(error, "not-found") || !this.#leadsToMount(path)) throw error;
      // A directory that is there for what is mounted below it alone.
      return { name: nameOf(path), type: "directory", size: 0, modifiedMs: 0 };
    }
  }

  async *list(path: VirtualPath, signal?: AbortSignal): AsyncGenerator<readonly Entry[]> {
    const mounted = this.#namesBelow(path);
    for (const name of mounted) yield [await this.stat(childOf(path, name))];
    const { storage, inner } = this.#find(path);
    const entries = kept(storage.list(inner, signal), ({ name }) => !mounted.has(name));
    yield* besideMounts(entries, mounted, path);
  }

  async *names(path: VirtualPath, signal?: AbortSignal): AsyncGenerator<readonly string[]> {
    const mounted = this.#namesBelow(path);
    if (mounted.size > 0) yield [...mounted];
    const { storage, inner } = this.#find(path);
    const names = kept(storage.names(inner, signal), (name) => !mounted.has(name));
    yield* besideMounts(names, mounted, path);
  }

  read(path: VirtualPath, offset: number, digest?: HashAlgorithm): Promise<StoredFile> {
    return this.#within(path, (storage, inner) => storage.read(inner, offset, digest));
  }

  write(path: VirtualPath, options: WriteOptions): Promise<Upload> {
    if (this.#leadsToMount(path)) return refused("is-a-directory", path);
    return this.#within(path, (storage, inner) => storage.write(inner, options));
  }

  unfinished(path: VirtualPath): Promise<number | undefined> {
    return this.#within(path, (storage, inner) => storage.unfinished(inner));
  }

  async *pending(): AsyncGenerator<PendingUpload> {
    yield* this.#root.pending();
    for (const { path, storage } of this.#mounts) {
      for await (const each of storage.pending()) {
        yield { ...each, path: withinDirectory(path, each.path) };
      }
    }
  }

  forget(path: VirtualPath): Promise<void> {
    return this.#within(path, (storage, inner) => storage.forget(inner));
  }

  removeFile(path: VirtualPath): Promise<void> {
    return this.#within(path, (storage, inner) => storage.removeFile(inner));
  }

  removeDirectory(path: VirtualPath): Promise<void> {
    if (this.#leadsToMount(path)) return refused("denied", path);
    return this.#within(path, (storage, inner) => storage.removeDirectory(inner));
  }

  createDirectory(path: VirtualPath): Promise<void> {
    if (this.#leadsToMount(path)) return refused("exists", path);
    return this.#within(path, (storage, inner) => storage.createDirectory(inner));
  }

  rename(from: VirtualPath, to: VirtualPath): Promise<void> {
    for (const path of [from, to]) if (this.#leadsToMount(path)) return refused("denied", path);
    const goal = this.#find(to);
    // Two storages can be two disks: nothing moves between them in one step.
    if (this.#find(from).storage !== goal.storage) return refused("unsupported", to);
    return this.#within(from, (storage, inner) => storage.rename(inner, goal.inner));
  }

  setModified(path: VirtualPath, modifiedMs: number): Promise<void> {
    return this.#within(path, (storage, inner) => storage.setModified(inner, modifiedMs));
  }

  setMode(path: VirtualPath, mode: number): Promise<number> {
    return this.#within(path, (storage, inner) => storage.setMode(inner, mode));
  }

  digest(path: VirtualPath, algorithm: HashAlgorithm, options?: DigestOptions): Promise<string> {
    return this.#within(path, (storage, inner) => storage.digest(inner, algorithm, options));
  }

  space(): Promise<number> {
    return this.#root.space();
  }

  /** What is mounted is nobody's alone and counts for nobody. */
  quota(): Promise<QuotaState | undefined> {
    return this.#root.quota();
  }

  #find(path: VirtualPath): { readonly storage: Storage; readonly inner: VirtualPath } {
    const mount = this.#mounts.find((each) => isWithin(path, each.path));
    if (mount === undefined) return { storage: this.#root, inner: path };
    const names = segmentsOf(path).slice(segmentsOf(mount.path).length);
    return { storage: mount.storage, inner: names.reduce(childOf, ROOT) };
  }

  async #within<T>(
    path: VirtualPath,
    work: (storage: Storage, inner: VirtualPath) => Promise<T>,
  ): Promise<T> {
    const { storage, inner } = this.#find(path);
    try {
      return await work(storage, inner);
    } catch (error) {
      throw asSeen(error, path);
    }
  }

  /** Whether it is a mount's own path or one on the way to it. */
  #leadsToMount(path: VirtualPath): boolean {
    return this.#mounts.some((each) => isWithin(each.path, path));
  }

  #namesBelow(path: VirtualPath): ReadonlySet<string> {
    const depth = segmentsOf(path).length;
    const below = this.#mounts.filter((each) => each.path !== path && isWithin(each.path, path));
    return new Set(below.flatMap((each) => segmentsOf(each.path)[depth] ?? []));
  }
}

/** What the storage below has; a directory that is there for its mounts alone need not be in it. */
async function* besideMounts<T>(
  batches: AsyncIterable<T>,
  mounted: ReadonlySet<string>,
  path: VirtualPath,
): AsyncGenerator<T> {
  try {
    yield* batches;
  } catch (error) {
    if (!isFault(error, "not-found") || mounted.size === 0) throw asSeen(error, path);
  }
}

/** A fault in terms of the whole tree. */
function asSeen(error: unknown, path: VirtualPath): unknown {
  if (!isFault(error) || error.about === undefined || error.about === path) return error;
  return new Fault(error.kind, { about: path, cause: error.cause });
}

function refused(kind: "denied" | "exists" | "is-a-directory" | "unsupported", about: VirtualPath) {
  return Promise.reject(new Fault(kind, { about }));
}
