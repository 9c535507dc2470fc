// The classic way in: bytes go straight under the final name, and what came of them stays there.

import type { Entry } from "../../shared/entry.ts";
import { Fault } from "../../shared/fault.ts";
import { nameOf, type VirtualPath } from "../../shared/virtual_path.ts";
import { amountOf } from "./disk_usage.ts";
import type { UploadWorld } from "./disk_upload.ts";
import { entryOf } from "./host_entry.ts";
import { asFaults } from "./host_fault.ts";
import type { WritableHostFile } from "./host_files.ts";
import { directoryOf, type HostPath, isBelow, type Place } from "./jailed_path.ts";
import { type Booking, difference, NO_AMOUNT } from "./quota_books.ts";
import type { Upload, WriteOptions } from "./storage.ts";
import { backdate } from "./upload_looks.ts";
import { digestFor, type UploadDigest } from "./upload_digest.ts";
import { UploadRoom } from "./upload_room.ts";

/**
 * Starts an upload that writes over the file itself, at a place that was found free or replaceable.
 *
 * @throws Fault `bad-restart`, `busy` (another upload writes it), `over-quota`, `no-space`
 */
export async function startDirectUpload(
  world: UploadWorld,
  path: VirtualPath,
  place: Place,
  options: WriteOptions,
): Promise<Upload> {
  const there = place.target;
  const offset = offsetOf(there?.stat.size, options);
  if (offset > (there?.stat.size ?? 0)) throw new Fault("bad-restart", { about: path });
  const host = there?.host ?? place.host;
  const { file, room } = there === undefined
    ? await createFile(world, path, host)
    : await takeFile(world, path, host, offset);
  const digest = offset === 0 ? digestFor(options) : undefined;
  const upload = new DirectUpload(world, { path, host, file, room, offset, digest });
  try {
    await room.require(options.announcedSize ?? 0);
    // Nothing is cut off before it is sure that there is room for what comes instead.
    file.truncate(offset);
    return upload;
  } catch (error) {
    if (there === undefined) world.files.removeFile(host);
    await upload[Symbol.asyncDispose]();
    throw error;
  }
}

/** The file that is written, and room for it. */
interface Taken {
  readonly file: WritableHostFile;
  readonly room: UploadRoom;
}

/** In one step with the books: whoever counts finds the file and its hold, or neither. */
async function createFile(world: UploadWorld, path: VirtualPath, host: HostPath): Promise<Taken> {
  const opened: WritableHostFile[] = [];
  const room = await UploadRoom.open(world, { place: host, bytes: 0, on: host }, () => ({
    act: () => void opened.push(openChecked(world, path, host, "create")),
  }));
  const [file] = opened;
  if (file === undefined) throw new Error("books make the change that they booked");
  return { file, room };
}

/** What the file has is held from now on, and not counted as kept any more. */
async function takeFile(
  world: UploadWorld,
  path: VirtualPath,
  host: HostPath,
  bytes: number,
): Promise<Taken> {
  const file = openChecked(world, path, host, "existing");
  try {
    const room = await UploadRoom.open(world, { place: host, bytes, on: host }, () => ({
      kept: difference(NO_AMOUNT, countedIn(world, host, file)),
      act() {},
    }));
    return { file, room };
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

/** What a direct upload is about. */
interface DirectPlan {
  readonly path: VirtualPath;
  readonly host: HostPath;
  readonly file: WritableHostFile;
  readonly room: UploadRoom;
  readonly offset: number;
  readonly digest: UploadDigest | undefined;
}

/** An upload that is visible from its first byte on. */
class DirectUpload implements Upload {
  readonly offset: number;
  readonly #world: UploadWorld;
  readonly #plan: DirectPlan;
  #received = 0;
  #writing: Promise<void> = Promise.resolve();
  #open = true;

  constructor(world: UploadWorld, plan: DirectPlan) {
    this.#world = world;
    this.#plan = plan;
    this.offset = plan.offset;
  }

  foresee(bytes: Uint8Array): void {
    this.#plan.digest?.foresee(bytes);
  }

  write(bytes: Uint8Array): Promise<void> {
    const writing = asFaults(this.#plan.path, () => this.#take(bytes));
    this.#writing = writing.catch(() => {});
    return writing;
  }

  commit(signal?: AbortSignal): Promise<Entry> {
    const { path, host, file, digest } = this.#plan;
    return asFaults(path, async () => {
      await this.#writing;
      this.#requireOpen();
      if (digest !== undefined) backdate(file);
      await file.sync();
      if (signal?.aborted) throw new Fault("aborted", { cause: signal.reason });
      const stat = file.stat();
      digest?.keep(this.#world.digests, stat); // as long as nobody else may write it
      await this.#close();
      await this.#world.folder.forget(path);
      await this.#world.files.syncDirectory(directoryOf(host));
      return entryOf(nameOf(path), stat);
    });
  }

  discard(): Promise<void> {
    return asFaults(this.#plan.path, async () => {
      await this.#writing;
      if (!this.#open) return;
      this.#plan.file.truncate(this.offset);
      await this.#close();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    if (this.#open) await this.#close();
  }

  async #take(bytes: Uint8Array): Promise<void> {
    this.#requireOpen();
    if (bytes.length === 0) return;
    const { file, room, digest } = this.#plan;
    const asking = room.require(this.offset + this.#received + bytes.length);
    if (asking !== undefined) await asking;
    this.#received += bytes.length;
    const written = file.append(bytes);
    digest?.take(bytes);
    await written;
  }

  async #close(): Promise<void> {
    const { file, room } = this.#plan;
    this.#open = false;
    try {
      await room.close(() => this.#closing());
    } finally {
      file[Symbol.dispose]();
    }
  }

  /** It was visible all the time: somebody may have moved or removed it meanwhile. */
  #closing(): Booking<void> {
    const { host, file } = this.#plan;
    const kept = countedIn(this.#world, host, file);
    const isThere = this.#world.jail.isInPlace({ host, stat: file.stat() });
    return isThere ? { kept, unchecked: true, act() {} } : { doubtful: true, act() {} };
  }

  #requireOpen(): void {
    if (!this.#open) throw new Fault("aborted", { about: this.#plan.path });
  }
}

function offsetOf(size: number | undefined, { mode, offset = 0 }: WriteOptions): number {
  if (mode === "append") return size ?? 0;
  return mode === "replace" ? offset : 0;
}

/** SECURITY: looked at again once it is open: a link may have been put in its way. */
function openChecked(
  { files, jail }: UploadWorld,
  path: VirtualPath,
  host: HostPath,
  how: "create" | "existing",
): WritableHostFile {
  const file = files.openToWrite(host, how);
  try {
    if (!jail.isInPlace({ host, stat: file.stat() })) throw new Fault("busy", { about: path });
    if (!file.tryLock("exclusive")) throw new Fault("busy", { about: path });
    return file;
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

function countedIn({ root }: UploadWorld, host: HostPath, file: WritableHostFile) {
  return isBelow(host, root) ? amountOf(file.stat()) : NO_AMOUNT;
}
