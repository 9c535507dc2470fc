// Storage on the local disk: one directory of the host as one account may use it.

import type { Entry } from "../../shared/entry.ts";
import { Fault, isFault } from "../../shared/fault.ts";
import type { HashAlgorithm } from "../../shared/hash.ts";
import type { Log } from "../../shared/log.ts";
import { nameOf, ROOT, type VirtualPath } from "../../shared/virtual_path.ts";
import { DigestCache, type KnownDigests } from "./digest_cache.ts";
import { DigestedFile } from "./digested_file.ts";
import { openDiskBooks } from "./disk_books.ts";
import { listDirectory, listNames } from "./disk_listing.ts";
import { requireReplaceable } from "./disk_upload.ts";
import { digestOf } from "./file_digest.ts";
import { entryOf } from "./host_entry.ts";
import { asFaults } from "./host_fault.ts";
import { type HostFiles, hostFiles, type ReadableHostFile } from "./host_files.ts";
import { checkHostName, OWN_NAME } from "./host_name.ts";
import {
  type HostPath,
  Jail,
  type LinkPolicy,
  operatorPath,
  ownChild,
  type Place,
} from "./jailed_path.ts";
import {
  type AccountBooks,
  NO_BOOKS,
  type QuotaBooks,
  type QuotaState,
  roomIn,
} from "./quota_books.ts";
import { type Powers, unlimitedPowers } from "./powers.ts";
import { directoryRemoval, removal, renaming } from "./name_changes.ts";
import { forgetPending, pendingUploads } from "./pending_uploads.ts";
import type {
  DigestOptions,
  PendingUpload,
  Storage,
  StorageAbilities,
  Upload,
  WriteOptions,
} from "./storage.ts";
import { StoredDiskFile } from "./stored_disk_file.ts";
import { type Unfinished, UploadFolder } from "./upload_folder.ts";
import { partsDirectory, uploadsDirectory } from "./upload_place.ts";
import type { RoomWorld } from "./upload_room.ts";
import { startUpload } from "./upload_start.ts";

/** What a storage is opened with. */
export interface DiskStorageOptions {
  /** The directory that becomes `/`, a host path; it is made when missing. */
  readonly root: string;
  /** The data directory, a host path; the server's own files are in its `.ftp`. */
  readonly home: string;
  /** The account's name: whose uploads these are. */
  readonly account: string;
  /** Default `inside`. */
  readonly links?: LinkPolicy;
  /** Shared by all sessions; by default this storage has its own. */
  readonly digests?: KnownDigests;
  readonly log?: Log;
  /** Default: nobody has a limit. */
  readonly books?: QuotaBooks;
  /** `direct`: bytes of uploads go under the final name at once; default `atomic`. */
  readonly uploads?: "atomic" | "direct";
  /** Bytes that uploads leave free on the disk; default none. */
  readonly floorBytes?: number;
  /** For tests: the host's file system, or one that fails. */
  readonly files?: HostFiles;
}

/**
 * Opens a directory as storage.
 *
 * @throws Fault `denied` when the root is the server's own; others when it cannot be made.
 */
export function openDiskStorage(options: DiskStorageOptions): Promise<Storage> {
  const { files = hostFiles, links = "inside", digests = new DigestCache() } = options;
  return asFaults(ROOT, () => {
    if (!checkHostName(options.account, Deno.build.os).ok) {
      throw new Fault("bad-name", { about: options.account });
    }
    const root = operatorPath(options.root);
    const own = ownChild(operatorPath(options.home), OWN_NAME);
    files.makePrivateDirectory(root);
    const records = uploadsDirectory(operatorPath(options.home), options.account);
    files.makePrivateDirectory(records);
    const jail = new Jail({ root, own, links, files });
    const { home, account, books: allBooks = NO_BOOKS, log } = options;
    const books = openDiskBooks({ root, home, account, books: allBooks, files });
    const { floorBytes = 0, uploads = "atomic" } = options;
    return new DiskStorage({
      files,
      root: jail.root,
      records,
      account,
      jail,
      digests,
      digested: new DigestedFile(),
      books,
      floorBytes,
      uploads,
      ...(log && { log }),
    });
  });
}

/** What a storage is made of. */
interface DiskWorld extends RoomWorld {
  readonly jail: Jail;
  readonly digests: KnownDigests;
  readonly digested: DigestedFile;
  readonly uploads: "atomic" | "direct";
  /** Where this account's uploads are kept in HOME. */
  readonly records: HostPath;
  readonly account: string;
  readonly log?: Log;
}

const PERMISSION_BITS = 0o777;
/** Without them the server could not open it again, not even to give them back. */
const NEEDED_OF_FILES = 0o400;
const NEEDED_OF_DIRECTORIES = 0o500;

class DiskStorage implements Storage {
  readonly abilities: StorageAbilities = {
    setModified: true,
    setMode: Deno.build.os !== "windows",
  };
  readonly #world: DiskWorld;
  readonly #jail: Jail;
  readonly #files: HostFiles;
  readonly #books: AccountBooks;

  constructor(world: DiskWorld) {
    this.#world = world;
    this.#books = world.books;
    this.#jail = world.jail;
    this.#files = world.files;
  }

  powers(path: VirtualPath): Powers {
    return unlimitedPowers(path);
  }

  stat(path: VirtualPath): Promise<Entry> {
    return asFaults(path, () => entryOf(nameOf(path), this.#jail.look(path).stat));
  }

  list(path: VirtualPath, signal?: AbortSignal): AsyncIterable<readonly Entry[]> {
    return listDirectory(this.#world, path, signal);
  }

  names(path: VirtualPath, signal?: AbortSignal): AsyncIterable<readonly string[]> {
    return listNames(this.#world, path, signal);
  }

  read(path: VirtualPath, offset: number, digest?: HashAlgorithm): Promise<StoredDiskFile> {
    return asFaults(path, () => {
      const { file, stat } = this.#jail.openKnown(path);
      const wanted = digest && { algorithm: digest, known: this.#world.digests };
      if (offset <= stat.size) return new StoredDiskFile(file, stat, path, { offset, wanted });
      file[Symbol.dispose]();
      throw new Fault("bad-restart", { about: path });
    });
  }

  write(path: VirtualPath, options: WriteOptions): Promise<Upload> {
    return asFaults(path, async () => {
      if (path === ROOT) throw new Fault("is-a-directory", { about: path });
      const place = this.#jail.place(path);
      requireReplaceable(place, path, options.mode === "create");
      this.#files.checkWritable(place.directory.host);
      const world = { ...this.#world, folder: this.#folderFor(place) };
      return await startUpload(world, path, place, options);
    });
  }

  async unfinished(path: VirtualPath): Promise<number | undefined> {
    return (await asFaults(path, () => this.#unfinished(path)))?.size;
  }

  pending(): AsyncIterable<PendingUpload> {
    return pendingUploads(this.#world);
  }

  forget(path: VirtualPath): Promise<void> {
    return asFaults(path, async () => {
      if (!await forgetPending(this.#world, path)) throw new Fault("not-found", { about: path });
    });
  }

  removeFile(path: VirtualPath): Promise<void> {
    return asFaults(path, () => this.#books.change(() => removal(this.#world, path)));
  }

  removeDirectory(path: VirtualPath): Promise<void> {
    return asFaults(path, () => directoryRemoval(this.#world, path));
  }

  createDirectory(path: VirtualPath): Promise<void> {
    return asFaults(path, () => {
      if (path === ROOT) throw new Fault("exists", { about: path });
      const { host, taken, target } = this.#jail.place(path);
      if (taken) throw new Fault(target === undefined ? "denied" : "exists", { about: path });
      this.#files.makeDirectory(host);
    });
  }

  rename(from: VirtualPath, to: VirtualPath): Promise<void> {
    return asFaults(to, () => this.#books.change(() => renaming(this.#world, from, to)));
  }

  setModified(path: VirtualPath, modifiedMs: number): Promise<void> {
    return asFaults(path, () => {
      using file = this.#jail.open(path, "file-or-directory");
      const before = file.stat();
      file.setModified(modifiedMs);
      this.#world.digests.redate(before, file.stat());
    });
  }

  setMode(path: VirtualPath, mode: number): Promise<number> {
    return asFaults(path, () => {
      if (!this.abilities.setMode) throw new Fault("unsupported", { about: path });
      using file = this.#jail.open(path, "file-or-directory");
      const needed = file.stat().type === "directory" ? NEEDED_OF_DIRECTORIES : NEEDED_OF_FILES;
      // SECURITY: set-user-ID and its like would lend the server's rights to others of its machine.
      const allowed = mode & PERMISSION_BITS | needed;
      file.setMode(allowed);
      return allowed;
    });
  }

  digest(
    path: VirtualPath,
    algorithm: HashAlgorithm,
    { range, base, signal }: DigestOptions = {},
  ): Promise<string> {
    return asFaults(path, async () => {
      using file = this.#openForDigest(path, base);
      return await digestOf(file, algorithm, this.#world, { path, range, signal });
    });
  }

  space(): Promise<number> {
    return asFaults(ROOT, async () => {
      const free = this.#files.space(this.#jail.root) - this.#world.floorBytes;
      const quota = await this.#books.state();
      const left = quota === undefined ? Infinity : roomIn(quota);
      return Math.max(0, Math.min(free, left));
    });
  }

  quota(): Promise<QuotaState | undefined> {
    return asFaults(ROOT, () => this.#books.state());
  }

  #folderFor(place: Place): UploadFolder {
    const { files, records } = this.#world;
    const parts = partsDirectory(this.#world, place.directory);
    return new UploadFolder(files, parts, records, this.#books);
  }

  #unfinished(path: VirtualPath): Unfinished | undefined {
    try {
      return this.#folderFor(this.#jail.place(path)).find(path);
    } catch (error) {
      if (isFault(error)) return undefined; // no such directory, no such name: nothing on its way
      throw error;
    }
  }

  /** Where there is no file, an unfinished upload answers: its owner may prove what is there of it. */
  #openForDigest(path: VirtualPath, base?: "unfinished"): ReadableHostFile {
    try {
      if (base === "unfinished") throw new Fault("not-found", { about: path });
      return this.#jail.open(path);
    } catch (error) {
      const unfinished = isFault(error, "not-found") ? this.#unfinished(path) : undefined;
      if (unfinished === undefined) throw error;
      return this.#files.openToRead(unfinished.host);
    }
  }
}
