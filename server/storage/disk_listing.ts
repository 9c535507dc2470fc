// The entries or names of a directory on the disk, some at a time: a hundred thousand take no more memory than a few.

import type { Entry } from "../../shared/entry.ts";
import { Fault } from "../../shared/fault.ts";
import type { Log } from "../../shared/log.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import { entryOf } from "./host_entry.ts";
import { hostCode, hostFault } from "./host_fault.ts";
import type { HostFiles, HostName } from "./host_files.ts";
import type { Jail, Located } from "./jailed_path.ts";

/** So many names are looked up and proven together: one at first, for a first line at once, then twice as many each time. */
const FIRST_BATCH_NAMES = 1;
const LARGEST_BATCH_NAMES = 512;
/** A batch that took longer makes the next one smaller: meanwhile no other session of the thread is heard. */
const BATCH_LIMIT_MS = 5;
/** A batch in which files were replaced or removed meanwhile is looked up again so often. */
const BATCH_ATTEMPTS = 10;
/** What the host gives for bytes that are not UTF-8; such a name cannot be asked about. */
const REPLACEMENT = "\ufffd";

/** What a listing needs. */
export interface ListingWorld {
  readonly files: HostFiles;
  readonly jail: Jail;
  readonly log?: Log;
}

/**
 * Lists what the session may see. Left out are hidden links, the server's own names, names that would
 * break a line, and names that are not UTF-8; the last two are counted in the log.
 *
 * @throws Fault `not-found`, `not-a-directory`, `aborted`; `busy` when the directory was swapped.
 */
export async function* listDirectory(
  world: ListingWorld,
  path: VirtualPath,
  signal?: AbortSignal,
): AsyncGenerator<readonly Entry[], void, void> {
  const directory = new ListedDirectory(world, path);
  yield* directory.told((names) => directory.entries(names), signal);
}

/**
 * The names of the same entries. Only links are looked up, whether they are hidden; of what else is in
 * the directory a few looks a batch say that it is this one.
 *
 * @throws Fault as {@linkcode listDirectory} does.
 */
export async function* listNames(
  world: ListingWorld,
  path: VirtualPath,
  signal?: AbortSignal,
): AsyncGenerator<readonly string[], void, void> {
  const directory = new ListedDirectory(world, path);
  yield* directory.told((names) => directory.names(names), signal);
}

/** How many names come next, after so many took so long. */
function nextBatchNames(names: number, tookMs: number): number {
  if (tookMs > BATCH_LIMIT_MS) return Math.max(FIRST_BATCH_NAMES, names >> 1);
  return tookMs > BATCH_LIMIT_MS / 2 ? names : Math.min(names * 2, LARGEST_BATCH_NAMES);
}

/** A directory while it is listed. */
class ListedDirectory {
  readonly located: Located;
  readonly #world: ListingWorld;
  readonly #path: VirtualPath;
  #unspeakable = 0;
  #unreachable = 0;

  constructor(world: ListingWorld, path: VirtualPath) {
    this.#world = world;
    this.#path = path;
    this.located = world.jail.locate(path);
    if (this.located.stat.type !== "directory") throw new Fault("not-a-directory", { about: path });
  }

  /** Everything in it, as `look` sees it: a batch at a time. */
  async *told<T>(
    look: (names: readonly HostName[]) => readonly T[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly T[], void, void> {
    try {
      let batchNames = FIRST_BATCH_NAMES;
      for await (const batch of this.#batches(() => batchNames)) {
        if (signal?.aborted) throw new Fault("aborted", { cause: signal.reason });
        const startedMs = performance.now();
        const seen = look(batch);
        batchNames = nextBatchNames(batch.length, performance.now() - startedMs);
        if (seen.length > 0) yield seen;
      }
    } catch (error) {
      throw hostFault(error, this.#path);
    } finally {
      this.#tellLeftOut();
    }
  }

  /**
   * What is known about each name that is there and not hidden.
   *
   * SECURITY: a directory outside, swapped in while the names were read or looked up, must not be
   * told. Its entries are never in place by both of the jail's looks.
   */
  entries(names: readonly HostName[]): readonly Entry[] {
    for (let attempt = 0; attempt < BATCH_ATTEMPTS; attempt++) {
      const unreachableBefore = this.#unreachable;
      const entries: Entry[] = [];
      const found: Located[] = [];
      for (const { name } of names) {
        const located = this.#lookUp(name);
        if (located === undefined) continue;
        entries.push(entryOf(name, located.stat));
        found.push(located);
      }
      if (this.#world.jail.areInPlace(found)) return entries;
      this.#unreachable = unreachableBefore;
    }
    throw new Fault("busy", { about: this.#path });
  }

  /** The names that are not hidden. */
  names(names: readonly HostName[]): readonly string[] {
    const told: string[] = [];
    const doubtful: HostName[] = [];
    for (const each of names) {
      const { name, isSymlink } = each;
      // A link may lead out, and a name that is not UTF-8 cannot be asked for.
      if (isSymlink || name.includes(REPLACEMENT)) doubtful.push(each);
      else if (!this.#world.jail.isHidden(this.located, name)) told.push(name);
    }
    // Something may just have been removed, too: then it takes a look at each.
    const isProven = this.#world.jail.areNamesInPlace(this.located, told);
    const lookedUp = this.entries(isProven ? doubtful : names).map(({ name }) => name);
    return isProven ? told.concat(lookedUp) : lookedUp;
  }

  /** The names that a line can carry, some at a time. */
  async *#batches(batchNames: () => number): AsyncGenerator<readonly HostName[]> {
    let batch: HostName[] = [];
    for await (const each of this.#world.files.names(this.located.host)) {
      if (/[\r\n]/.test(each.name)) {
        this.#unspeakable++;
        continue;
      }
      batch.push(each);
      if (batch.length < batchNames()) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  #lookUp(name: string): Located | undefined {
    try {
      return this.#world.jail.entryAt(this.located, name);
    } catch (error) {
      if (hostCode(error) !== "ENOENT") throw error;
      if (name.includes(REPLACEMENT)) this.#unreachable++;
      return undefined; // removed meanwhile, or never to be reached
    }
  }

  #tellLeftOut(): void {
    const [unspeakable, unreachable] = [this.#unspeakable, this.#unreachable];
    if (unspeakable + unreachable === 0) return;
    const fields = { path: this.#path, unspeakable, unreachable };
    this.#world.log?.write("warn", "names left out of a listing", fields);
  }
}
