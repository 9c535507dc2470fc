// A file on its way in: bytes into a part of the server's own, then one rename, or kept for later.

import type { Entry } from "../../shared/entry.ts";
import { Fault, isFault } from "../../shared/fault.ts";
import type { Log } from "../../shared/log.ts";
import { nameOf, type VirtualPath } from "../../shared/virtual_path.ts";
import type { KnownDigests } from "./digest_cache.ts";
import type { DigestedFile } from "./digested_file.ts";
import { entryOf } from "./host_entry.ts";
import { amountOf } from "./disk_usage.ts";
import { asFaults, hostFault } from "./host_fault.ts";
import { directoryOf, type HostPath, isBelow, type Jail, type Place } from "./jailed_path.ts";
import { type Booking, difference, NO_AMOUNT } from "./quota_books.ts";
import type { Upload } from "./storage.ts";
import type { UploadDigest } from "./upload_digest.ts";
import type { UploadFolder } from "./upload_folder.ts";
import { backdate, dress } from "./upload_looks.ts";
import type { UploadPart } from "./upload_part.ts";
import type { RoomWorld, UploadRoom } from "./upload_room.ts";

/** What an upload works with. */
export interface UploadWorld extends RoomWorld {
  readonly jail: Jail;
  readonly folder: UploadFolder;
  readonly digests: KnownDigests;
  readonly digested: DigestedFile;
  /** `direct`: bytes go under the final name at once. */
  readonly uploads: "atomic" | "direct";
  readonly log?: Log;
}

/** What an upload is about. */
export interface UploadPlan {
  readonly path: VirtualPath;
  readonly part: UploadPart;
  readonly room: UploadRoom;
  /** Where the peer's first byte goes. */
  readonly offset: number;
  /** Whether it must not replace anything (STOU). */
  readonly create: boolean;
  /** Whether the part held an unfinished upload before: then it is kept whatever happens. */
  readonly resumed: boolean;
  readonly digest: UploadDigest | undefined;
}

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

  foresee(bytes: Uint8Array): void {
    this.#plan.digest?.foresee(bytes);
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
    const { part, room, digest } = this.#plan;
    const asking = room.require(this.offset + this.#received + bytes.length);
    if (asking !== undefined) await asking;
    if (this.#received === 0) part.reveal();
    this.#received += bytes.length;
    const written = part.file.append(bytes);
    digest?.take(bytes); // while the disk is at work
    await written;
  }

  /**
   * Flushes, publishes, flushes the directory. When the flush of the bytes fails nothing is kept:
   * after that nobody knows which of them reached the disk.
   */
  commit(signal?: AbortSignal): Promise<Entry> {
    return asFaults(this.#plan.path, async () => {
      await this.#writing;
      this.#requireOpen();
      const { path, part, room, digest } = this.#plan;
      const { files, digests, folder } = this.#world;
      let aim: Aim | undefined = this.#aim();
      dress(files, part, aim.place);
      if (digest !== undefined) backdate(part.file);
      const flushing = part.file.sync();
      if (flushing !== undefined) {
        await this.#flushed(flushing);
        aim = undefined; // the world went on meanwhile
      }
      if (signal?.aborted) throw new Fault("aborted", { cause: signal.reason });
      const closing = room.close(() => this.#publishing(aim ?? this.#aim()));
      aim = undefined; // and it goes on from here, where the books are not closed at once
      const to = await closing.catch((error) => {
        this.#failure ??= hostFault(error, path);
        throw error;
      });
      this.#open = false;
      const stat = part.file.stat();
      digest?.keep(digests, stat); // as long as nobody else may write it
      part.published();
      await folder.forget(path);
      // The part was on the same file system: where it had no disk below, the directory has none.
      if (flushing !== undefined) await files.syncDirectory(directoryOf(to));
      return entryOf(nameOf(path), stat);
    });
  }

  /** @param aim where the file goes, looked at in this very turn. */
  #publishing({ to, place }: Aim): Booking<HostPath> {
    const { root } = this.#world;
    const { part, create } = this.#plan;
    const { size: bytes } = part.file.stat();
    const isOwn = isBelow(to, root);
    const comes = isOwn ? { bytes, files: 1 } : NO_AMOUNT;
    const goes = isOwn ? amountOf(place.target?.stat) : NO_AMOUNT;
    return {
      kept: difference(comes, goes),
      appears: { at: to, bytes },
      act() {
        part.publish(to, create ? "create" : "replace");
        return to;
      },
    };
  }

  discard(): Promise<void> {
    return asFaults(this.#plan.path, async () => {
      await this.#writing;
      if (this.#open) await this.#drop();
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
    const { path, part, room, resumed } = this.#plan;
    // What had no room must not take up the room there is.
    const hasNoRoom = isFault(this.#failure, "over-quota") || isFault(this.#failure, "no-space");
    if (hasNoRoom && resumed) part.file.truncate(this.offset);
    const isEmpty = hasNoRoom || this.#received === 0 || part.file.stat().size === 0;
    if (isEmpty && !resumed) return await this.#drop();
    await this.#flushed(part.file.sync());
    this.#open = false;
    try {
      await this.#world.folder.forget(path, part);
      await room.close(() => ({
        kept: amountOf(part.file.stat()),
        unchecked: true,
        act: () => part.release(),
      }));
    } finally {
      part.release();
    }
  }

  async #drop(): Promise<void> {
    const { part, room } = this.#plan;
    this.#open = false;
    try {
      await room.abandon(() => part.remove());
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

  async #flushed(flushing: Promise<void> | undefined): Promise<void> {
    try {
      await flushing;
    } catch (error) {
      await this.#drop();
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
