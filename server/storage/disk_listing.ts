// The entries of a directory on the disk, streamed: a hundred thousand names take no more memory than one.

import type { Entry } from "../../shared/entry.ts";
import { Fault } from "../../shared/fault.ts";
import type { Log } from "../../shared/log.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import { entryOf } from "./host_entry.ts";
import { hostCode, hostFault } from "./host_fault.ts";
import type { HostFiles } from "./host_files.ts";
import type { Jail, Located } from "./jailed_path.ts";

/** So many names are looked up and proven together: one at first, for a first line at once, then twice as many each time. */
const FIRST_BATCH_NAMES = 1;
const LARGEST_BATCH_NAMES = 256;
/** A batch in which files were replaced or removed meanwhile is looked up again so often. */
const BATCH_ATTEMPTS = 10;
/** What the host gives for bytes that are not UTF-8; such a name cannot be asked about. */
const REPLACEMENT = "\ufffd";

/** What a listing needs. */
export interface ListingWorld {
  readonly files: HostFiles;
  readonly jail: Jail;
  readonly log: Log | undefined;
}

/**
 * Lists what the session may see. Left out are hidden links, the server's own names, names that would
 * break a line, and names that are not UTF-8; the last two are counted in the log.
 *
 * @throws Fault `not-found`, `not-a-directory`, `aborted`; `busy` when the directory was swapped.
 */
export async function* listDirectory(
  { files, jail, log }: ListingWorld,
  path: VirtualPath,
  signal?: AbortSignal,
): AsyncGenerator<Entry, void, void> {
  const directory = jail.locate(path);
  if (directory.stat.type !== "directory") throw new Fault("not-a-directory", { about: path });
  let unspeakable = 0, unreachable = 0;
  let batch: string[] = [];
  let batchNames = FIRST_BATCH_NAMES;
  try {
    for await (const name of files.names(directory.host)) {
      if (/[\r\n]/.test(name)) {
        unspeakable++;
        continue;
      }
      batch.push(name);
      if (batch.length < batchNames) continue;
      yield* told(proven(batch));
      batch = [];
      batchNames = Math.min(batchNames * 2, LARGEST_BATCH_NAMES);
    }
    yield* told(proven(batch));
  } catch (error) {
    throw hostFault(error, path);
  } finally {
    if (unspeakable + unreachable > 0) {
      log?.write("warn", "names left out of a listing", { path, unspeakable, unreachable });
    }
  }

  /** An abort is heard between any two of them. */
  function* told(entries: readonly Entry[]): Generator<Entry, void, void> {
    for (const entry of entries) {
      if (signal?.aborted) throw new Fault("aborted", { cause: signal.reason });
      yield entry;
    }
  }

  /**
   * SECURITY: a directory outside, swapped in while the names were read or looked up, must not be
   * told. Its entries are never in place by both of the jail's looks.
   */
  function proven(names: readonly string[]): Entry[] {
    for (let attempt = 0; attempt < BATCH_ATTEMPTS; attempt++) {
      const unreachableBefore = unreachable;
      const found = names.flatMap((name) => lookUp(name) ?? []);
      if (jail.areInPlace(found.map(({ located }) => located))) {
        return found.map(({ name, located }) => entryOf(name, located.stat));
      }
      unreachable = unreachableBefore;
    }
    throw new Fault("busy", { about: path });
  }

  function lookUp(name: string): { name: string; located: Located } | undefined {
    try {
      const located = jail.entryAt(directory, name);
      return located && { name, located };
    } catch (error) {
      if (hostCode(error) !== "ENOENT") throw error;
      if (name.includes(REPLACEMENT)) unreachable++;
      return undefined; // removed meanwhile, or never to be reached
    }
  }
}
