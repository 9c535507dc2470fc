// Removes files and, when asked, whole folders at the server, the deepest first.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { Refused } from "../failure.ts";
import { attempt, forEach, type OperationContext, shown } from "./operation_context.ts";
import {
  childPath,
  entryAt,
  folderPath,
  isFolderAt,
  listFolder,
  type RemotePlace,
} from "./remote_names.ts";

/** Removes a file; a folder with everything in it when `recursive`. @throws CommandFailure */
export async function removePlace(
  context: OperationContext,
  place: RemotePlace,
  recursive: boolean,
): Promise<void> {
  const type = place.entry?.type ??
    (recursive ? (await entryAt(context, place.path))?.type : undefined);
  if (type !== "directory") return await removeFile(context, place.path);
  if (!recursive) {
    throw new CommandFailure(
      ExitCode.failed,
      triedRemoving(context, place.path),
      "it is a folder",
      { hint: "-r removes it with everything in it" },
    );
  }
  await removeFolder(context, folderPath(place.path));
}

/** Removes an empty folder. @throws CommandFailure */
export async function removeEmptyFolder(context: OperationContext, path: string): Promise<void> {
  await attempt(triedRemoving(context, path), async () => {
    const client = await context.client();
    await client.removeDirectory(folderPath(path), { signal: context.signal });
  });
  context.print({ removed: path, type: "directory" });
}

async function removeFolder(context: OperationContext, path: string): Promise<void> {
  const isEmpty = await forEach(context, await listFolder(context, path), async (entry) => {
    const child = childPath(path, entry.name);
    // SECURITY: a link is removed, never followed: what it leads to was not asked to go.
    if (entry.type === "directory") await removeFolder(context, child);
    else await removeFile(context, child);
  });
  if (isEmpty) return await removeEmptyFolder(context, path);
  throw new CommandFailure(
    ExitCode.failed,
    triedRemoving(context, path),
    "not everything in it could be removed",
  );
}

async function removeFile(context: OperationContext, path: string): Promise<void> {
  const { signal } = context;
  await attempt(triedRemoving(context, path), async () => {
    const client = await context.client();
    try {
      await client.removeFile(path, { signal });
    } catch (error) {
      // The server's words for "that is a folder" are many; ours say what to do.
      if (!(error instanceof Refused) || !await isFolderAt(context, path)) throw error;
      throw new CommandFailure(
        ExitCode.failed,
        triedRemoving(context, path),
        "it is a folder",
        { hint: "-r removes it with everything in it" },
      );
    }
  });
  context.print({ removed: path, type: "file" });
}

function triedRemoving(context: OperationContext, path: string): string {
  return `remove ${shown(path)} at ${context.label}`;
}
