// Storage as strangers may use it: they add files and directories, and change nothing that is there.

import type { Entry } from "../../shared/entry.ts";
import { Fault } from "../../shared/fault.ts";
import type { HashAlgorithm } from "../../shared/hash.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
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

/**
 * Storage to which may be added. Strangers share one account, so nobody owns what is there: nothing is
 * replaced, continued, renamed, changed or removed, and an upload that broke off leaves nothing that
 * another stranger could carry on.
 */
export class GuestStorage implements Storage {
  readonly abilities: StorageAbilities = { setModified: false, setMode: false };
  readonly #inner: Storage;

  constructor(inner: Storage) {
    this.#inner = inner;
  }

  powers(path: VirtualPath): Powers {
    const { read, list, fill } = this.#inner.powers(path);
    return { read, list, fill, overwrite: false, empty: false, remove: false, rename: false };
  }

  stat(path: VirtualPath): Promise<Entry> {
    return this.#inner.stat(path);
  }

  list(path: VirtualPath, signal?: AbortSignal): AsyncIterable<readonly Entry[]> {
    return this.#inner.list(path, signal);
  }

  names(path: VirtualPath, signal?: AbortSignal): AsyncIterable<readonly string[]> {
    return this.#inner.names(path, signal);
  }

  read(path: VirtualPath, offset: number, digest?: HashAlgorithm): Promise<StoredFile> {
    return this.#inner.read(path, offset, digest);
  }

  async write(path: VirtualPath, options: WriteOptions): Promise<Upload> {
    const { offset = 0, ...rest } = options;
    if (offset > 0 || "base" in options) throw new Fault("denied", { about: path });
    return new GuestUpload(await this.#inner.write(path, { ...rest, mode: "create" }));
  }

  unfinished(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async *pending(): AsyncGenerator<PendingUpload> {}

  forget(path: VirtualPath): Promise<never> {
    return denied(path);
  }

  removeFile(path: VirtualPath): Promise<never> {
    return denied(path);
  }

  removeDirectory(path: VirtualPath): Promise<never> {
    return denied(path);
  }

  createDirectory(path: VirtualPath): Promise<void> {
    return this.#inner.createDirectory(path);
  }

  rename(from: VirtualPath): Promise<never> {
    return denied(from);
  }

  setModified(path: VirtualPath): Promise<never> {
    return denied(path);
  }

  setMode(path: VirtualPath): Promise<never> {
    return denied(path);
  }

  digest(
    path: VirtualPath,
    algorithm: HashAlgorithm,
    options: DigestOptions = {},
  ): Promise<string> {
    if (options.base !== undefined) return denied(path);
    return this.#inner.digest(path, algorithm, options);
  }

  space(): Promise<number> {
    return this.#inner.space();
  }

  quota(): Promise<QuotaState | undefined> {
    return this.#inner.quota();
  }
}

/** An upload that is kept whole or not at all. */
class GuestUpload implements Upload {
  readonly #inner: Upload;
  #isWhole = false;

  constructor(inner: Upload) {
    this.#inner = inner;
  }

  get offset(): number {
    return this.#inner.offset;
  }

  foresee(bytes: Uint8Array): void {
    this.#inner.foresee(bytes);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#inner.write(bytes);
  }

  async commit(signal?: AbortSignal): Promise<Entry> {
    const entry = await this.#inner.commit(signal);
    this.#isWhole = true;
    return entry;
  }

  discard(): Promise<void> {
    return this.#inner.discard();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isWhole) await this.#inner.discard();
    await this.#inner[Symbol.asyncDispose]();
  }
}

function denied(path: VirtualPath): Promise<never> {
  return Promise.reject(new Fault("denied", { about: path }));
}
