// The only way from a virtual path to the host: no path, name, link or race leads outside the root.
//
// Deno has no openat(2), and without all permissions no /proc/self/fd, so the host walks every path
// anew at every call. What stops a directory that is swapped for a link in between:
// - A file is opened first and then recognised: it must be what the path without links leads to,
//   looked at often enough, in an order that nobody can foresee ({@linkcode Jail.open}). No byte is
//   read, hashed or changed before that.
// - A name is made, renamed or removed in a directory that was resolved and looked at by the system
//   calls just before. What remains is a window of microseconds for a local process that may itself
//   write in the root and swaps directories without pause: the new name, or the removal of one, could
//   land outside. No session can do that, since none can make links. The remedy is a root in which
//   nobody but the server writes. (A working directory per thread would close it; there is only one
//   for the process.)

import { basename, dirname, join, sep } from "node:path";
import { Fault } from "../../shared/fault.ts";
import { nameOf, parentOf, ROOT, segmentsOf, type VirtualPath } from "../../shared/virtual_path.ts";
import { hostCode, hostFault } from "./host_fault.ts";
import type { HostFiles, HostStat, ReadableHostFile } from "./host_files.ts";
import { checkHostName, OWN_NAME, UPLOADS_NAME } from "./host_name.ts";
import { type Openable, type Opened, requireOpenable } from "./openable.ts";
import { walk } from "./path_walk.ts";
import { PlaceProof } from "./place_proof.ts";

declare const brand: unique symbol;

/** A path that may be given to the host. */
export type HostPath = string & { readonly [brand]: "HostPath" };

/** Which links a session sees: those that stay inside its root, none, or all. */
export type LinkPolicy = "inside" | "never" | "follow";

/** Something that is there, under its path without links. */
export interface Located {
  readonly host: HostPath;
  readonly stat: HostStat;
}

/** A name in a directory that is there; the name itself may be free. */
export interface Place {
  /** The name itself, not followed. */
  readonly host: HostPath;
  /** The directory that holds the name. */
  readonly directory: Located;
  /** Whether the name is taken, be it by something this session does not see. */
  readonly taken: boolean;
  /** What the name stands for; `undefined` where it is free or hidden. */
  readonly target: Located | undefined;
}

/** What a jail is made of. */
export interface JailOptions {
  /** The directory that the session sees as `/`; it is there. */
  readonly root: HostPath;
  /** The server's own directory, visible to no session; it is there. */
  readonly own: HostPath;
  readonly links: LinkPolicy;
  readonly files: HostFiles;
}

/** A file that is replaced by an upload while it is looked at is tried again so often. */
const ATTEMPTS = 5;
/** A longer path is cheaper to ask for without its links than to look at name by name. */
const WALKED_NAMES = 2;

const FIRST_BEYOND_ASCII = 0x80;
/** What large and small letters of ASCII differ by. */
const CASE_BIT = 0x20;

/** A path as the operator gave it, from the settings or an account: trusted. */
export function operatorPath(path: string): HostPath {
  return path as HostPath;
}

/** The path of `name`, a plain name of our own, in a directory. */
export function ownChild(directory: HostPath, name: string): HostPath {
  return join(directory, name) as HostPath;
}

/** The path of `name`, as the host listed it in a directory; a hundred thousand of them cost little. */
export function plainChild(directory: HostPath, name: string): HostPath {
  return `${directory}${directory.endsWith(sep) ? "" : sep}${name}` as HostPath;
}

/** The directory that holds the path. */
export function directoryOf(path: HostPath): HostPath {
  return dirname(path) as HostPath;
}

/** Whether `path` is `directory` or below it; both without links. */
export function isBelow(path: string, directory: string): boolean {
  return path === directory ||
    path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

/** One session's root and what may be reached in it. */
export class Jail {
  /** Without links; whatever links the operator chose lie behind us. */
  readonly root: HostPath;
  /** Lower case. */
  readonly #reserved: readonly string[];
  /** The first letters of the names that no session sees, with {@linkcode CASE_BIT}. */
  readonly #reservedStarts: ReadonlySet<number>;
  readonly #links: LinkPolicy;
  readonly #files: HostFiles;
  readonly #proof: PlaceProof;

  constructor(options: JailOptions) {
    const { files } = options;
    this.#files = files;
    this.#links = options.links;
    this.root = files.realPath(options.root) as HostPath;
    this.#proof = new PlaceProof(this.root, files);
    const home = files.realPath(directoryOf(options.own));
    this.#reserved = [files.realPath(options.own), join(home, OWN_NAME)]
      .map((path) => path.toLowerCase());
    const hidden = [UPLOADS_NAME, ...this.#reserved.map((path) => basename(path))];
    this.#reservedStarts = new Set(hidden.map((name) => name.charCodeAt(0) | CASE_BIT));
    if (this.#isReserved(this.root)) throw new Fault("denied");
  }

  /**
   * What a path leads to, links followed as the policy says. Between this and the next call the
   * path may be swapped: what is told to a peer comes from `look` and `open`.
   *
   * @throws Fault `not-found`
   */
  locate(path: VirtualPath): Located {
    const names = segmentsOf(path);
    if (!names.every((name) => checkHostName(name, Deno.build.os).ok)) {
      throw new Fault("not-found", { about: path });
    }
    return this.#walk(names, path) ?? this.#follow(join(this.root, ...names) as HostPath, path);
  }

  /**
   * Where a name stands or would stand; a link in the last name is not followed but told apart.
   *
   * @throws Fault `not-found` (no such directory), `bad-name`, `denied` (the root has no name)
   */
  place(path: VirtualPath): Place {
    if (path === ROOT) throw new Fault("denied", { about: path });
    const directory = this.locate(parentOf(path));
    if (directory.stat.type !== "directory") throw new Fault("not-found", { about: path });
    const name = checkHostName(nameOf(path), Deno.build.os);
    if (!name.ok) throw new Fault("bad-name", { about: path });
    const host = join(directory.host, name.value) as HostPath;
    if (this.#isReserved(host)) throw new Fault("bad-name", { about: path });
    const stat = this.#lookAt(host, path);
    const target = stat?.type === "link"
      ? this.#targetOf(host, path)
      : stat && { host, stat } satisfies Located;
    return { host, directory, taken: stat !== undefined, target };
  }

  /** What a path leads to, and surely not outside. @throws Fault `not-found`, `busy` */
  look(path: VirtualPath): Located {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const located = this.locate(path);
      if (this.#proof.isShallow(located.host) || this.isInPlace(located)) return located;
    }
    throw new Fault("busy", { about: path });
  }

  /**
   * Opens a regular file for reading, or a directory as well where only its attributes are meant.
   *
   * @throws Fault `not-found`, `is-a-directory`, `denied` (a FIFO, a device), `busy` (it is replaced
   * all the time)
   */
  open(path: VirtualPath, what: Openable = "file"): ReadableHostFile {
    return this.openKnown(path, what).file;
  }

  /** The same, with what the opened file is. */
  openKnown(path: VirtualPath, what: Openable = "file"): Opened {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { host, stat } = this.locate(path);
      requireOpenable(stat, what, path);
      const file = this.#files.openToRead(host);
      try {
        const opened = file.stat();
        requireOpenable(opened, what, path);
        // What was opened by its name in the root itself, no link followed, is what that name stood for.
        if (this.#proof.isShallow(host) || this.isInPlace({ host, stat: opened })) {
          return { file, stat: opened };
        }
      } catch (error) {
        file[Symbol.dispose]();
        throw error;
      }
      file[Symbol.dispose]();
    }
    throw new Fault("busy", { about: path });
  }

  /** SECURITY: whether what is at hand is what its path without links leads to. */
  isInPlace(located: Located): boolean {
    return this.#proof.holds([located]);
  }

  /** The same for what was found at one time in one directory. */
  areInPlace(found: readonly Located[]): boolean {
    return this.#proof.holds(found);
  }

  /** The same for names that were read together in a directory, none of them a link's. */
  areNamesInPlace(directory: Located, names: readonly string[]): boolean {
    return this.#proof.holdsNames(directory.host, names);
  }

  /** What a name in a directory that was located stands for. @returns `undefined` where hidden. */
  entryAt(directory: Located, name: string): Located | undefined {
    // For each of a hundred thousand names: no more is done than a plain name in such a directory needs.
    if (this.isHidden(directory, name)) return undefined;
    const host = plainChild(directory.host, name);
    const stat = this.#files.lstat(host);
    if (stat.type !== "link") return { host, stat };
    return this.#targetOf(host, ROOT);
  }

  /** What a short path leads to; `undefined` where that takes more than looks at its names. */
  #walk(names: readonly string[], path: VirtualPath): Located | undefined {
    if (!this.#proof.isRootFixed || names.length > WALKED_NAMES) return undefined;
    const steps = names.map((_, at) => join(this.root, ...names.slice(0, at + 1)) as HostPath);
    // The root, too: nobody else can put something in its place, but the operator may move it and leave a link.
    const found = walk([this.root, ...steps], this.#files);
    if (found === "unclear") return undefined;
    if (found !== undefined && !this.#isReserved(found.host)) return found;
    throw new Fault("not-found", { about: path });
  }

  /** Whether a name in a directory that was located is the server's own. */
  isHidden(directory: Located, name: string): boolean {
    // Of a hundred thousand names hardly one begins as these few do. Beyond ASCII are letters that
    // become ASCII in lower case.
    const start = name.charCodeAt(0);
    if (start < FIRST_BEYOND_ASCII && !this.#reservedStarts.has(start | CASE_BIT)) return false;
    const plain = name.toLowerCase();
    return plain === UPLOADS_NAME ||
      this.#reserved.includes(plainChild(directory.host, plain).toLowerCase());
  }

  #targetOf(host: HostPath, path: VirtualPath): Located | undefined {
    try {
      return this.#follow(host, path);
    } catch (error) {
      if (error instanceof Fault && error.kind === "not-found") return undefined;
      throw error;
    }
  }

  #follow(wanted: HostPath, path: VirtualPath): Located {
    let real: string;
    try {
      real = this.#files.realPath(wanted);
    } catch (cause) {
      // SECURITY: a link's target outside that may not be entered, loops or is no directory must
      // look like one that is not there, so every failure here is the same.
      if (hostCode(cause) === undefined && !(cause instanceof Deno.errors.NotCapable)) throw cause;
      throw new Fault("not-found", { about: path, cause });
    }
    const visible = this.#links === "follow" || isBelow(real, this.root);
    if (!visible || this.#isReserved(real) || (this.#links === "never" && real !== wanted)) {
      throw new Fault("not-found", { about: path });
    }
    const stat = this.#lookAt(real as HostPath, path);
    if (stat === undefined || stat.type === "link") throw new Fault("not-found", { about: path });
    return { host: real as HostPath, stat };
  }

  #lookAt(host: HostPath, path: VirtualPath): HostStat | undefined {
    try {
      return this.#files.lstat(host);
    } catch (error) {
      if (hostCode(error) === "ENOENT" || hostCode(error) === "ENOTDIR") return undefined;
      throw hostFault(error, path);
    }
  }

  /** SECURITY: in any spelling that a host without case could take for the server's own. */
  #isReserved(host: string): boolean {
    const plain = host.toLowerCase();
    return plain.split(sep).includes(UPLOADS_NAME) ||
      this.#reserved.some((own) => isBelow(plain, own));
  }
}
