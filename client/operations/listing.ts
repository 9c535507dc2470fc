// The entries a path stands for: a folder's, a file as its own only one, or those that fit a glob.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { isPattern } from "../../shared/name_pattern.ts";
import { remoteName } from "../remote.ts";
import type { ListedEntry } from "./listing_output.ts";
import type { OperationContext } from "./operation_context.ts";
import { childPath, entryAt, expandRemote, listFolder } from "./remote_names.ts";

/** Finds them, by name. @throws CommandFailure */
export async function findEntries(
  context: OperationContext,
  path: string,
): Promise<ListedEntry[]> {
  if (isPattern(remoteName(path))) {
    const places = await expandRemote(context, path);
    return places.flatMap(({ path, entry }) => entry === undefined ? [] : [{ path, entry }]);
  }
  try {
    const entries = await listFolder(context, path);
    return entries.map((entry) => ({ path: childPath(path, entry.name), entry }));
  } catch (error) {
    const file = await fileInsteadOf(context, path, error);
    if (file === undefined) throw error;
    return [{ path, entry: file }];
  }
}

/** Which servers list a file as itself and which refuse differs; what is there is asked after a refusal only. */
async function fileInsteadOf(context: OperationContext, path: string, error: unknown) {
  const isRefusal = error instanceof CommandFailure &&
    (error.exitCode === ExitCode.notThere || error.exitCode === ExitCode.failed);
  if (!isRefusal) return undefined;
  const entry = await entryAt(context, path);
  return entry?.type === "directory" ? undefined : entry;
}
