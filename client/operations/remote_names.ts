// Which paths a person's words stand for: globs in the last part, children of a folder.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { fitsPattern, isPattern } from "../../shared/name_pattern.ts";
import { visibleText } from "../display_width.ts";
import { Broken } from "../failure.ts";
import type { RemoteEntry } from "../remote_entry.ts";
import { attempt, type OperationContext, shown } from "./operation_context.ts";

/** A path at the server, with what a listing told about it, where one was needed. */
export interface RemotePlace {
  readonly path: string;
  readonly entry: RemoteEntry | undefined;
}

/**
 * The places a path with `*`, `?` or `[…]` in its last part stands for, by name; a path without them, or a
 * file that is really called so, is itself. A line of the listing that does not read is reported.
 *
 * @throws CommandFailure `notThere` when nothing fits.
 */
export async function expandRemote(
  context: OperationContext,
  path: string,
): Promise<RemotePlace[]> {
  const slash = path.lastIndexOf("/");
  const pattern = path.slice(slash + 1);
  if (!isPattern(pattern)) return [{ path, entry: undefined }];
  const folder = path.slice(0, slash + 1);
  const entries = await listFolder(context, folder, { onGap: (gap) => context.report(gap) });
  const literal = entries.find((entry) => entry.name === pattern);
  const fitting = literal ? [literal] : entries.filter(({ name }) => fitsPattern(pattern, name));
  if (fitting.length > 0) {
    return fitting.map((entry) => ({ path: childPath(folder, entry.name), entry }));
  }
  const tried = `find ${shown(path)} at ${context.label}`;
  throw new CommandFailure(ExitCode.notThere, tried, "nothing there fits the pattern");
}

/** What is done about lines of a listing that do not read: something is there, and is not in the list. */
export interface ListFolderOptions {
  /** It is a failure. */
  readonly demandAll?: boolean;
  /** Gets the failure that it would be; the others are listed. */
  readonly onGap?: (failure: CommandFailure) => void;
}

/**
 * The entries of a folder, by name.
 *
 * @throws CommandFailure
 */
export async function listFolder(
  context: OperationContext,
  path: string,
  options: ListFolderOptions = {},
): Promise<RemoteEntry[]> {
  try {
    return await listOnce(context, path, options);
  } catch (error) {
    // What it was read for goes on over a new connection, and so does the reading.
    const cause = error instanceof CommandFailure ? error.cause : undefined;
    if (!(cause instanceof Broken) || cause.reason !== "lost") throw error;
    return await listOnce(context, path, options);
  }
}

async function listOnce(
  context: OperationContext,
  path: string,
  { demandAll = false, onGap }: ListFolderOptions,
): Promise<RemoteEntry[]> {
  const { signal, label } = context;
  const tried = `list ${shown(path)} at ${label}`;
  const entries: RemoteEntry[] = [];
  let unknown: string | undefined;
  const onUnknownLine = (line: string) => unknown ??= line;
  await attempt(tried, async () => {
    const client = await context.client();
    const options = { signal, onUnknownLine };
    for await (const entry of client.list(folderPath(path), options)) entries.push(entry);
  });
  if (unknown !== undefined) {
    const happened = `a line of the listing does not read: "${visibleText(unknown)}"`;
    const failure = new CommandFailure(ExitCode.failed, tried, happened);
    if (demandAll) throw failure;
    onGap?.(failure);
  }
  return entries.sort(byName);
}

/** What is at a path; `undefined` when the server says that nothing is. @throws CommandFailure */
export async function entryAt(
  context: OperationContext,
  path: string,
): Promise<RemoteEntry | undefined> {
  const tried = `look at ${shown(path)} at ${context.label}`;
  try {
    return await attempt(tried, async () => {
      const client = await context.client();
      return await client.stat(path === "" ? "." : path, { signal: context.signal });
    });
  } catch (error) {
    if (error instanceof CommandFailure && error.exitCode === ExitCode.notThere) return undefined;
    throw error;
  }
}

/**
 * Whether a path is a folder; asked after a refusal, so a failure of asking tells nothing more.
 */
export async function isFolderAt(context: OperationContext, path: string): Promise<boolean> {
  try {
    return (await entryAt(context, path))?.type === "directory";
  } catch {
    return false;
  }
}

/** The path of `name` inside a folder given with or without its final `/`. */
export function childPath(folder: string, name: string): string {
  return folder === "" || folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

/** A folder's path without a final `/`: some servers take it for an empty name. */
export function folderPath(path: string): string {
  return path === "/" ? path : path.replace(/(?<=.)\/+$/, "");
}

/** The order of names in every listing of ours: that of their code units, the same everywhere. */
function byName(a: RemoteEntry, b: RemoteEntry): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
