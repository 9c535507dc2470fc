// The entries a path stands for: a folder's, a file as its own only one, or those that fit a glob.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { isPattern } from "../../shared/name_pattern.ts";
import { remoteName } from "../remote.ts";
import { type ListedEntry, type ListingForm, printEntries } from "./listing_output.ts";
import type { OperationContext } from "./operation_context.ts";
import { childPath, entryAt, expandRemote, listFolder } from "./remote_names.ts";

/** What was found. */
export interface Listing {
  readonly listed: readonly ListedEntry[];
  /** Whether it is a folder's content: names are enough then, and a heading says whose they are. */
  readonly isFolder: boolean;
}

/** Finds them, by name; a line of a listing that does not read is reported. @throws CommandFailure */
async function findEntries(context: OperationContext, path: string): Promise<Listing> {
  if (isPattern(remoteName(path))) {
    const places = await expandRemote(context, path);
    const listed = places.flatMap(({ path, entry }) =>
      entry === undefined ? [] : [{ path, title: path, entry }]
    );
    return { listed, isFolder: false };
  }
  try {
    const entries = await listFolder(context, path, { onGap: (gap) => context.report(gap) });
    const listed = entries.map((entry) => (
      { path: childPath(path, entry.name), title: entry.name, entry }
    ));
    return { listed, isFolder: true };
  } catch (error) {
    const entry = await fileInsteadOf(context, path, error);
    if (entry === undefined) throw error;
    return { listed: [{ path, title: path, entry }], isFolder: false };
  }
}

/** Finds and prints; a folder's content has a heading when it is one of several. @throws CommandFailure */
export async function printListing(
  context: OperationContext,
  path: string,
  form: ListingForm,
  isOneOfMany: boolean,
): Promise<void> {
  const { terminal } = context;
  const { listed, isFolder } = await findEntries(context, path);
  if (isFolder && isOneOfMany && !context.json) terminal.print(`${terminal.legible(path || ".")}:`);
  printEntries(context, listed, form);
}

/** Which servers list a file as itself and which refuse differs; what is there is asked after a refusal only. */
async function fileInsteadOf(context: OperationContext, path: string, error: unknown) {
  const isRefusal = error instanceof CommandFailure &&
    (error.exitCode === ExitCode.notThere || error.exitCode === ExitCode.failed);
  if (!isRefusal) return undefined;
  const entry = await entryAt(context, path);
  return entry?.type === "directory" ? undefined : entry;
}
