// Everything below a folder of the server: walked, found by name, added up.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { fitsPattern } from "../../shared/name_pattern.ts";
import { approximateSize } from "../../shared/units.ts";
import type { RemoteEntry } from "../remote_entry.ts";
import { entryRecord } from "./listing_output.ts";
import { type OperationContext, shown } from "./operation_context.ts";
import { childPath, entryAt, folderPath, listFolder } from "./remote_names.ts";

/** A server that tells deeper folders is leading us round in circles. */
const DEPTH_LIMIT = 100;

/** One thing below a folder. */
export interface RemoteTreePlace {
  readonly path: string;
  readonly entry: RemoteEntry;
}

/** What `find` looks for. */
export interface FindFilter {
  /** A glob for the last part of the path. */
  readonly name: string | undefined;
  readonly type: RemoteEntry["type"] | undefined;
}

/** Walks, folders before what is in them; links are told and not followed. @throws CommandFailure */
export async function* walkRemote(
  context: OperationContext,
  folder: string,
  depth = 0,
): AsyncGenerator<RemoteTreePlace, void, void> {
  if (depth > DEPTH_LIMIT) {
    const happened = `folders are nested more than ${DEPTH_LIMIT} deep`;
    throw new CommandFailure(ExitCode.failed, `list ${shown(folder)}`, happened);
  }
  for (const entry of await listFolder(context, folder)) {
    const path = childPath(folder, entry.name);
    yield { path, entry };
    if (entry.type === "directory") yield* walkRemote(context, path, depth + 1);
  }
}

/** Tells the paths below a folder that fit. @throws CommandFailure */
export async function tellFound(
  context: OperationContext,
  folder: string,
  filter: FindFilter,
): Promise<void> {
  for await (const place of walkRemote(context, folderPath(folder))) {
    const { name, type } = filter;
    const fits = (name === undefined || fitsPattern(name, place.entry.name)) &&
      (type === undefined || place.entry.type === type);
    if (fits) context.print(entryRecord(place), context.terminal.legible(place.path));
  }
}

/** Tells how many bytes and files are in a folder, or what one file has. @throws CommandFailure */
export async function tellUsage(context: OperationContext, path: string): Promise<void> {
  const entry = path === "" ? undefined : await entryAt(context, path);
  let bytes = 0;
  let files = 0;
  if (entry !== undefined && entry.type !== "directory") {
    bytes = entry.size ?? 0;
    files = 1;
  } else {
    for await (const { entry } of walkRemote(context, folderPath(path))) {
      if (entry.type !== "file") continue;
      bytes += entry.size ?? 0;
      files++;
    }
  }
  const size = approximateSize(bytes).padStart(6);
  const title = context.terminal.legible(path || ".");
  context.print({ path, size: bytes, files }, `${size}  ${String(files).padStart(5)}  ${title}`);
}
