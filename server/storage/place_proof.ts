// The proof that what was looked at or opened stands where its path without links leads, whoever swaps directories.

import { isFixed } from "./fixed_path.ts";
import { hostCode } from "./host_fault.ts";
import { type HostFiles, isSame } from "./host_files.ts";
import { directoryOf, type HostPath, isBelow, type Located, plainChild } from "./jailed_path.ts";

/**
 * How often an opened file is looked at before it is believed. Every look is one of two by the toss
 * of a coin: "no link in the path" or "the path leads to what was opened". An outside file passes a
 * look only while the swap stands the right way, and nobody can know which way that will be: 2^-20
 * for whoever has won the first race already. The price is some 50 µs; what stands in the root itself
 * is spared it: with no directory that could be swapped, one look at the name is proof.
 */
const LOOKS = 20;

/** What can be proven about things in one root. */
export class PlaceProof {
  readonly #root: HostPath;
  readonly #files: HostFiles;
  /** Whether nobody but the server and its administrator could put something else in the root's place. */
  readonly isRootFixed: boolean;

  /** @param root without links. */
  constructor(root: HostPath, files: HostFiles) {
    this.#root = root;
    this.#files = files;
    this.isRootFixed = isFixed(withAllAbove(root), files);
  }

  /** SECURITY: whether each, found at one time in one directory, is what its path leads to: each look is at any of them. */
  holds(found: readonly Located[]): boolean {
    const isPlain = found.length === 1 && found.every(({ host }) => this.isShallow(host));
    return this.#passes(isPlain ? 1 : LOOKS, found, ({ host }) => host, ({ host, stat }) => {
      return isSame(this.#files.lstat(host), stat);
    });
  }

  /**
   * SECURITY: whether names that were read together are of this directory. They all come from one that
   * was open, so looks at any of them are looks at it. What that cannot tell apart is a directory outside of
   * which nearly all names are here as well: who has planted them knew them, and may learn the few that remain.
   */
  holdsNames(directory: HostPath, names: readonly string[]): boolean {
    if (this.isRootFixed && directory === this.#root) return true;
    const hostOf = (name: string) => plainChild(directory, name);
    return this.#passes(LOOKS, names, hostOf, (name) => {
      this.#files.lstat(hostOf(name)); // throws where there is nothing
      return true;
    });
  }

  #passes<T>(
    looks: number,
    all: readonly T[],
    hostOf: (one: T) => HostPath,
    isThere: (one: T) => boolean,
  ): boolean {
    if (all.length === 0) return true;
    const coins = crypto.getRandomValues(new Uint32Array(looks));
    try {
      return coins.every((coin) => {
        const chosen = all[(coin >>> 1) % all.length];
        if (chosen === undefined) return true;
        const host = hostOf(chosen);
        return (coin & 1) === 0 && !this.isShallow(host) ? this.#hasNoLink(host) : isThere(chosen);
      });
    } catch (error) {
      if (hostCode(error) === undefined) throw error;
      return false; // gone, or swapped for something that leads nowhere
    }
  }

  /** Whether there is no directory that could be swapped on the way to the path. */
  isShallow(host: HostPath): boolean {
    return this.isRootFixed && (host === this.#root || directoryOf(host) === this.#root);
  }

  /** Whether no directory in the path is a link now; above a root that is fixed none can become one. */
  #hasNoLink(host: HostPath): boolean {
    if (!this.isRootFixed || !isBelow(host, this.#root)) {
      return this.#files.realPath(host) === host;
    }
    for (let at = directoryOf(host); at !== this.#root; at = directoryOf(at)) {
      if (this.#files.lstat(at).type !== "directory") return false;
    }
    return true;
  }
}

function withAllAbove(path: HostPath): [HostPath, ...HostPath[]] {
  const above = directoryOf(path);
  return above === path ? [path] : [path, ...withAllAbove(above)];
}
