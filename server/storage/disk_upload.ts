// A file on its way in: bytes into a part of the server's own, then one rename, or kept for later.

import type { Entry } from "../../shared/entry.ts";
import { Fault, isFault } from "../../shared/fault.ts";
import type { HashAlgorithm, Hasher } from "../../shared/hash.ts";
import type { Log } from "../../shared/log.ts";
import { nameOf, type VirtualPath } from "../../shared/virtual_path.ts";
import type { DigestCache } from "./digest_cache.ts";
import { entryOf } from "./host_entry.ts";
import { asFaults, hostCode } from "./host_fault.ts";
import type { HostFiles } from "./host_files.ts";
import { directoryOf, type HostPath, type Jail, type Place } from "./jailed_path.ts";
import type { Upload } from "./storage.ts";
import type { UploadFolder } from "./upload_folder.ts";
import type { UploadPart } from "./upload_part.ts";

/** What an upload works with. */
export interface UploadWorld {
  readonly files: HostFiles;
  readonly jail: Jail;
  readonly folder: UploadFolder;
  readonly digests: DigestCache;
  readonly log?: Log;
}

/** What an upload is about. */
export interface UploadPlan {
  readonly path: VirtualPath;
  readonly part: UploadPart;
  /** Where the peer's first byte goes. */
  readonly offset: number;
  /** Whether it must not replace anything (STOU). */
  readonly create: boolean;
  /** Whether the part held an unfinished upload before: then it is kept whatever happens. */
  readonly resumed: boolean;
  readonly digest: { readonly algorithm: HashAlgorithm; readonly hasher: Hasher } | undefined;
}

/** The mode bit of a directory whose files get its group. */
const SET_GROUP_ID = 0o2000;
/** How far back a digested file is dated, so that no later change can bear the same time. */
const BACKDATE_MS = 20;

/** The upload of one file to the disk. */
export class DiskUpload implements Upload {
  readonly offset: number;
  readonly #world: UploadWorld;
  readonly #plan: UploadPlan;
  #received = 0;
  #writing: Promise<void> = Promise.resolve();
  #failure: Fault | undefined;
  #open = true;

  constructor(world: UploadWorld, plan: UploadPlan) {
    this.#world = world;
    this.#plan = plan;
    this.offset = plan.offset;
  }

  write(bytes: Uint8Array): Promise<void> {
    const writing = asFaults(this.#plan.path, () => this.#take(bytes));
    const before = this.#writing;
    this.#writing = writing.catch((fault) => void (this.#failure ??= fault)).then(() => before);
    return writing;
  }

  async #take(bytes: Uint8Array): Promise<void> {
    this.#requireOpen();
    if (bytes.length === 0) return;
    const { part, digest } = this.#plan;
    if (this.#received === 0) part.reveal();
    this.#received += bytes.length;
    const written = part.file.append(bytes);
    digest?.hasher.update(bytes); // while the disk is at work
    await written;
  }

  /**
   * Flushes, publishes, flushes the directory. When the flush of the bytes fails nothing is kept:
   * after that nobody knows which of them reached the disk.
   */
  commit(): Promise<Entry> {
    return asFaults(this.#plan.path, async () => {
      await this.#writing;
      this.#requireOpen();
      const { path, part, digest, create } = this.#plan;
      this.#dress(this.#aim());
      if (digest !== undefined) backdate(part);
      await this.#flush();
      const { to } = this.#aim(); // again: the world went on while the disk was flushed
      part.publish(to, create ? "create" : "replace");
      this.#open = false;
      const stat = part.file.stat();
      part.published();
      if (digest !== undefined) {
        this.#world.digests.set(stat, digest.algorithm, digest.hasher.digest());
      }
      this.#world.folder.forget(path);
      await this.#world.files.syncDirectory(directoryOf(to));
      return entryOf(nameOf(path), stat);
    });
  }

  discard(): Promise<void> {
    return asFaults(this.#plan.path, async () => {
      await this.#writing;
      if (!this.#open) return;
      this.#open = false;
      this.#plan.part.remove();
    });
  }

  /**
   * Keeps what was received, flushed; what cannot be flushed is not worth keeping. Never throws for
   * the host: it runs where something else went wrong already, and that is what the peer is told.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const { path } = this.#plan;
    try {
      await asFaults(path, () => this.#keep());
    } catch (fault) {
      if (!isFault(fault)) throw fault;
      this.#world.log?.write("warn", "unfinished upload in doubt", { path, why: `${fault.cause}` });
    }
  }

  async #keep(): Promise<void> {
    await this.#writing;
    if (!this.#open) return;
    const { path, part, resumed } = this.#plan;
    const isEmpty = this.#received === 0 || part.file.stat().size === 0;
    if (isEmpty && !resumed) return await this.discard();
    await this.#flush();
    this.#open = false;
    try {
      this.#world.folder.forget(path, part);
    } finally {
      part.release();
    }
  }

  #requireOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#open) throw new Fault("aborted", { about: this.#plan.path });
  }

  /** Where the file goes: through a link that is visible, never over something that is not. */
  #aim(): Aim {
    const { path, create } = this.#plan;
    const place = this.#world.jail.place(path);
    requireReplaceable(place, path, create);
    return { to: place.target?.host ?? place.host, place };
  }

  /** Gives the part the looks of what it replaces, or of its directory. */
  #dress({ place }: Aim): void {
    const { files } = this.#world;
    const { part } = this.#plan;
    const old = place.target?.stat;
    const holder = place.directory.stat;
    const now = part.file.stat();
    const inherits = ((holder.mode ?? 0) & SET_GROUP_ID) !== 0;
    const owner = old?.owner ?? now.owner;
    const group = old?.group ?? (inherits ? holder.group : now.group);
    if (owner !== now.owner || group !== now.group) {
      try {
        files.setOwner(part.host, owner, group);
      } catch (error) {
        // Only root may give files away; as anybody else the server's own files are fine.
        if (hostCode(error) !== "EPERM") throw error;
      }
    }
    // SECURITY: the permission bits alone; set-user-ID on content from the network is never kept.
    if (old?.mode !== undefined) files.setMode(part.host, old.mode & 0o777);
  }

  async #flush(): Promise<void> {
    try {
      await this.#plan.part.file.sync();
    } catch (error) {
      this.#open = false;
      this.#plan.part.remove();
      throw error;
    }
  }
}

/** @throws Fault `is-a-directory`, `exists`, `denied` (a device, or a link the session cannot see) */
export function requireReplaceable(place: Place, path: VirtualPath, create: boolean): void {
  const type = place.target?.stat.type;
  if (type === "directory") throw new Fault("is-a-directory", { about: path });
  if (create && place.taken) throw new Fault("exists", { about: path });
  if (place.taken && type !== "file") throw new Fault("denied", { about: path });
}

interface Aim {
  readonly to: HostPath;
  readonly place: Place;
}

function backdate(part: UploadPart): void {
  part.file.setModified(part.file.stat().modifiedMs - BACKDATE_MS);
}
