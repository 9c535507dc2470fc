// Everything below a folder of the server: walked, found by what it is, added up.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { approximateSize } from "../../shared/units.ts";
import type { RemoteEntry } from "../remote_entry.ts";
import { type FindFilter, fitsFilter } from "./find_filter.ts";
import { entryRecord } from "./listing_output.ts";
import { type OperationContext, shown } from "./operation_context.ts";
import { childPath, entryAt, folderPath, listFolder } from "./remote_names.ts";

/** A server that tells deeper folders is leading us round in circles. */
const DEPTH_LIMIT = 100;

/** So is one that tells more folders than any disk holds, however shallow. */
const FOLDERS_LIMIT = 10_000_000;

/** One thing below a folder. */
export interface RemoteTreePlace {
  readonly path: string;
  readonly entry: RemoteEntry;
}

/**
 * Walks, folders before what is in them; links are told and not followed. A folder inside that cannot be listed,
 * or leads back to one above it, and a line that does not read are reported and left out.
 *
 * @param onGap is called for each of those.
 * @throws CommandFailure when the folder itself cannot be listed
 */
async function* walkRemote(
  context: OperationContext,
  folder: string,
  onGap: () => void = () => {},
): AsyncGenerator<RemoteTreePlace, void, void> {
  yield* new Walk(context, onGap).below(folder, []);
}

class Walk {
  readonly #context: OperationContext;
  readonly #onGap: () => void;
  #folders = 0;

  constructor(context: OperationContext, onGap: () => void) {
    this.#context = context;
    this.#onGap = onGap;
  }

  /** @param above what the folders on the way are, as far as the server tells them apart. */
  async *below(
    folder: string,
    above: readonly (string | undefined)[],
  ): AsyncGenerator<RemoteTreePlace, void, void> {
    const onGap = (failure: CommandFailure) => this.#leaveOut(failure);
    for (const entry of await listFolder(this.#context, folder, { onGap })) {
      const path = childPath(folder, entry.name);
      yield { path, entry };
      if (entry.type !== "directory") continue;
      try {
        this.#demandEnd(path, entry, above);
        yield* this.below(path, [...above, entry.unique]);
      } catch (error) {
        this.#leaveOut(error);
      }
    }
  }

  #leaveOut(failure: unknown): void {
    this.#context.report(failure);
    this.#onGap();
  }

  /** SECURITY: a server may tell folders without end, by mistake or to keep us busy. */
  #demandEnd(path: string, { unique }: RemoteEntry, above: readonly (string | undefined)[]): void {
    const happened = above.length >= DEPTH_LIMIT
      ? `folders are nested more than ${DEPTH_LIMIT} deep`
      : unique !== undefined && above.includes(unique)
      ? "it leads back to a folder above it"
      : ++this.#folders > FOLDERS_LIMIT
      ? `there are more than ${FOLDERS_LIMIT} folders`
      : undefined;
    if (happened === undefined) return;
    throw new CommandFailure(ExitCode.failed, `list ${shown(path)}`, happened);
  }
}

/** Tells the paths below a folder that fit, or a file's own. @throws CommandFailure */
export async function tellFound(
  context: OperationContext,
  path: string,
  filter: FindFilter,
): Promise<void> {
  const tell = (place: RemoteTreePlace) => {
    if (!fitsFilter(filter, place.entry)) return;
    context.print(entryRecord(place), context.terminal.legible(place.path));
  };
  const file = await fileAt(context, path);
  if (file !== undefined) return tell({ path, entry: file });
  for await (const place of walkRemote(context, folderPath(path))) tell(place);
}

/** Tells how many bytes and files are in a folder, or what one file has. @throws CommandFailure */
export async function tellUsage(context: OperationContext, path: string): Promise<void> {
  const file = await fileAt(context, path);
  let bytes = file?.size ?? 0;
  let files = file === undefined ? 0 : 1;
  let isComplete = true;
  if (file === undefined) {
    const places = walkRemote(context, folderPath(path), () => isComplete = false);
    for await (const { entry } of places) {
      if (entry.type !== "file") continue;
      bytes += entry.size ?? 0;
      files++;
    }
  }
  const size = approximateSize(bytes).padStart(6);
  const title = context.terminal.legible(path || ".");
  context.print(
    { path, size: bytes, files, complete: isComplete },
    `${size}  ${String(files).padStart(5)}  ${title}`,
  );
}

/** What is at the path, where that is no folder. */
async function fileAt(context: OperationContext, path: string): Promise<RemoteEntry | undefined> {
  const entry = path === "" ? undefined : await entryAt(context, path);
  return entry?.type === "file" || entry?.type === "other" ? entry : undefined;
}
