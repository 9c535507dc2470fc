// The host's file system as storage uses it: a narrow seam, so that tests can fail, record or slow any call.

import fs from "node:fs";
import { hostCode } from "./host_fault.ts";
import type { HostPath } from "./jailed_path.ts";

/** What the host knows about a name, without following it. */
export interface HostStat {
  readonly type: "file" | "directory" | "link" | "other";
  /** Bytes. */
  readonly size: number;
  readonly modifiedMs: number;
  /** `undefined` where the file system does not keep it. */
  readonly createdMs: number | undefined;
  /** Permission bits; `undefined` where the host has none. */
  readonly mode: number | undefined;
  readonly owner: number | undefined;
  readonly group: number | undefined;
  readonly device: number;
  readonly inode: number;
}

/** Whether two looks were at the same thing, whatever has changed of it. */
export function isSame(one: HostStat, other: HostStat): boolean {
  return one.inode === other.inode && one.device === other.device && one.type === other.type;
}

/** A name in a directory. */
export interface HostName {
  readonly name: string;
  /** Whether it was a link's when it was read. */
  readonly isSymlink: boolean;
}

/** A file, or a directory, open for reading. Errors are the host's own, see host_fault.ts. */
export interface ReadableHostFile extends Disposable {
  stat(): HostStat;
  /** Reads from byte `at` on; resolves to 0 at the end. */
  read(into: Uint8Array<ArrayBuffer>, at: number): Promise<number>;
  setModified(modifiedMs: number): void;
  /** Sets the permission bits. */
  setMode(mode: number): void;
}

/** A file of the server's own, open for writing from its end on. */
export interface WritableHostFile extends Disposable {
  stat(): HostStat;
  /** Writes all of `bytes` after what is there. */
  append(bytes: Uint8Array): Promise<void>;
  /** Cuts it to `size` bytes; what is appended follows there. */
  truncate(size: number): void;
  setModified(modifiedMs: number): void;
  /** Resolves when content and attributes are on the disk; nothing where there is none below. */
  sync(): Promise<void> | undefined;
  /** Claims it for this handle, against other threads and processes, until it is closed. */
  tryLock(kind: "shared" | "exclusive"): boolean;
}

/**
 * Everything that storage asks of the host. Calls about names are synchronous: they take microseconds,
 * a trip through the thread pool ten times as long, and between two of them no other request of this
 * thread can change what the first one saw. Whatever moves bytes or waits for the disk is asynchronous.
 */
export interface HostFiles {
  lstat(path: HostPath): HostStat;
  /** The path of the same thing without links in it. */
  realPath(path: HostPath): string;
  /** The names in a directory, without `.` and `..`. */
  names(path: HostPath): AsyncIterable<HostName>;
  namesNow(path: HostPath): string[];
  /** Never follows a link in the last name, never waits for a FIFO's other end. */
  openToRead(path: HostPath): ReadableHostFile;
  /** `create` makes a file that was not there, readable for all that the umask allows. */
  openToWrite(path: HostPath, how: "create" | "existing"): WritableHostFile;
  readText(path: HostPath): string;
  writeText(path: HostPath, text: string): void;
  /** Throws unless this process may add names to the directory. */
  checkWritable(directory: HostPath): void;
  makeDirectory(path: HostPath): void;
  /** Makes a directory of the server's own, closed to other users, and its parents; it may exist. */
  makePrivateDirectory(path: HostPath): void;
  removeDirectory(path: HostPath): void;
  removeFile(path: HostPath): void;
  /** Replaces what is at `to`, atomically. */
  rename(from: HostPath, to: HostPath): void;
  /** Gives the file a second name; throws EEXIST when `to` is there. */
  link(from: HostPath, to: HostPath): void;
  setMode(path: HostPath, mode: number): void;
  setOwner(path: HostPath, owner: number | undefined, group: number | undefined): void;
  /** Resolves when the names in the directory are on the disk. */
  syncDirectory(path: HostPath): Promise<void>;
  /** Bytes that unprivileged users could still write. */
  space(path: HostPath): number;
}

const { O_RDONLY, O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;

/** The file system of this machine. */
export const hostFiles: HostFiles = {
  lstat: (path) => statOf(Deno.lstatSync(path)),
  realPath: (path) => Deno.realPathSync(path),
  names: (path) => Deno.readDir(path),
  namesNow: (path) => Array.from(Deno.readDirSync(path), ({ name }) => name),
  openToRead: (path) => new NodeFile(fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)),
  openToWrite: (path, how) =>
    new AppendFile(
      Deno.openSync(path, {
        read: true,
        write: true,
        ...how === "create" && { createNew: true, mode: 0o644 },
      }),
      path,
    ),
  readText: (path) => Deno.readTextFileSync(path),
  writeText: (path, text) => Deno.writeTextFileSync(path, text, { createNew: true, mode: 0o600 }),
  checkWritable: (directory) => fs.accessSync(directory, fs.constants.W_OK),
  makeDirectory: (path) => Deno.mkdirSync(path),
  makePrivateDirectory: (path) => Deno.mkdirSync(path, { recursive: true, mode: 0o700 }),
  removeDirectory: (path) => fs.rmdirSync(path),
  removeFile: (path) => fs.unlinkSync(path),
  rename: (from, to) => Deno.renameSync(from, to),
  link: (from, to) => Deno.linkSync(from, to),
  setMode: (path, mode) => Deno.chmodSync(path, mode),
  setOwner: (path, owner, group) => Deno.chownSync(path, owner ?? null, group ?? null),
  async syncDirectory(path) {
    if (Deno.build.os === "windows") return; // a directory cannot be opened there
    if (isInMemory(path)) return;
    const handle = fs.openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      await settled((done) => fs.fsync(handle, done));
    } finally {
      fs.closeSync(handle);
    }
  },
  space(path) {
    const { bavail, bsize } = fs.statfsSync(path);
    return bavail * bsize;
  },
};

/**
 * So little is read or written in place: a small file, the end of a large one, a piece of a slow one. A trip through
 * the thread pool takes ten times as long, and where the disk is slow to answer, the calls about names
 * that every file needs have waited for it as well.
 */
const SMALL_BYTES = 16 * 1024;

// deno-lint-ignore require-await -- a failure is a rejection, as with a large read
async function readNow(handle: number, into: Uint8Array, at: number): Promise<number> {
  return fs.readSync(handle, into, 0, into.length, at);
}

/** What statfs(2) calls Linux's tmpfs. */
const TMPFS = 0x01021994;

/** Whether there is surely no disk below: then a flush has nothing to do and is spared its trip. */
function isInMemory(path: HostPath): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    return fs.statfsSync(path).type === TMPFS;
  } catch (error) {
    if (hostCode(error) === undefined) throw error;
    return false; // it has another name by now; the flush itself says what is wrong
  }
}

/** Opened by number, since only node:fs passes O_NOFOLLOW and O_NONBLOCK on. */
class NodeFile implements ReadableHostFile {
  readonly #handle: number;

  constructor(handle: number) {
    this.#handle = handle;
  }

  stat(): HostStat {
    const stat = fs.fstatSync(this.#handle);
    return {
      type: stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other",
      size: stat.size,
      modifiedMs: Math.trunc(stat.mtimeMs),
      createdMs: stat.birthtimeMs > 0 ? Math.trunc(stat.birthtimeMs) : undefined,
      mode: stat.mode & 0o7777,
      owner: stat.uid,
      group: stat.gid,
      device: stat.dev,
      inode: stat.ino,
    };
  }

  read(into: Uint8Array<ArrayBuffer>, at: number): Promise<number> {
    if (into.length <= SMALL_BYTES) return readNow(this.#handle, into, at);
    return settled<number>((done) => fs.read(this.#handle, into, 0, into.length, at, done));
  }

  setModified(modifiedMs: number): void {
    fs.futimesSync(this.#handle, modifiedMs / 1000, modifiedMs / 1000);
  }

  setMode(mode: number): void {
    fs.fchmodSync(this.#handle, mode);
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.#handle);
  }
}

/** Opened by Deno, since only there files have locks. */
class AppendFile implements WritableHostFile {
  readonly #file: Deno.FsFile;
  /** Its name when it was opened. */
  readonly #path: HostPath;
  #isLocked = false;

  constructor(file: Deno.FsFile, path: HostPath) {
    this.#file = file;
    this.#path = path;
    file.seekSync(0, Deno.SeekMode.End);
  }

  stat(): HostStat {
    return statOf(this.#file.statSync());
  }

  async append(bytes: Uint8Array): Promise<void> {
    const inPlace = bytes.length <= SMALL_BYTES;
    for (let taken = 0; taken < bytes.length;) {
      const rest = bytes.subarray(taken);
      taken += inPlace ? this.#file.writeSync(rest) : await this.#file.write(rest);
    }
  }

  truncate(size: number): void {
    this.#file.truncateSync(size);
    this.#file.seekSync(size, Deno.SeekMode.Start);
  }

  setModified(modifiedMs: number): void {
    this.#file.utimeSync(new Date(modifiedMs), new Date(modifiedMs));
  }

  sync(): Promise<void> | undefined {
    return isInMemory(this.#path) ? undefined : this.#file.sync();
  }

  tryLock(kind: "shared" | "exclusive"): boolean {
    const got = this.#file.tryLockSync(kind === "exclusive");
    if (got) this.#isLocked = true;
    return got;
  }

  /** Closing alone is not enough: a process that is just being started has the file, and its lock, too. */
  [Symbol.dispose](): void {
    using _ = this.#file;
    if (this.#isLocked) this.#file.unlockSync();
  }
}

function statOf(info: Deno.FileInfo): HostStat {
  return {
    type: info.isFile ? "file" : info.isDirectory ? "directory" : info.isSymlink ? "link" : "other",
    size: info.size,
    modifiedMs: info.mtime?.getTime() ?? 0,
    createdMs: info.birthtime?.getTime() || undefined,
    mode: info.mode === null ? undefined : info.mode & 0o7777,
    owner: info.uid ?? undefined,
    group: info.gid ?? undefined,
    device: info.dev,
    inode: info.ino ?? 0,
  };
}

/** A promise of what a callback of node:fs tells. */
function settled<T = void>(
  start: (done: (error: Error | null, value?: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => error === null ? resolve(value as T) : reject(error));
  });
}
