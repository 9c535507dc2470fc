// The entries of a directory on the disk, streamed: a hundred thousand names take no more memory than one.

import type { Entry } from "../../shared/entry.ts";
import { Fault } from "../../shared/fault.ts";
import type { Log } from "../../shared/log.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import { entryOf } from "./host_entry.ts";
import { hostCode, hostFault } from "./host_fault.ts";
import type { HostFiles } from "./host_files.ts";
import type { Jail } from "./jailed_path.ts";

/** After so many names the directory must still be where it was; see {@linkcode Jail.isInPlace}. */
const NAMES_BETWEEN_LOOKS = 16;
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
  let seen = 0, unspeakable = 0, unreachable = 0;
  try {
    for await (const name of files.names(directory.host)) {
      if (signal?.aborted) throw new Fault("aborted", { cause: signal.reason });
      // SECURITY: the names of a directory outside, swapped in meanwhile, must not be told.
      if (seen++ % NAMES_BETWEEN_LOOKS === 0 && !jail.isInPlace(directory, 2)) {
        throw new Fault("busy", { about: path });
      }
      if (/[\r\n]/.test(name)) {
        unspeakable++;
        continue;
      }
      const found = lookAt(name);
      if (found !== undefined) yield found;
    }
  } catch (error) {
    throw hostFault(error, path);
  } finally {
    if (unspeakable + unreachable > 0) {
      log?.write("warn", "names left out of a listing", { path, unspeakable, unreachable });
    }
  }

  function lookAt(name: string): Entry | undefined {
    try {
      const found = jail.entryAt(directory, name);
      return found && entryOf(name, found.stat);
    } catch (error) {
      if (hostCode(error) !== "ENOENT") throw error;
      if (name.includes(REPLACEMENT)) unreachable++;
      return undefined; // removed meanwhile, or never to be reached
    }
  }
}
