// Files of this machine as transfers name and find them.

import { basename, join, resolve } from "node:path";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { ifThere } from "../../shared/if_there.ts";

/** What a local path is; links are followed. */
export interface LocalFacts {
  readonly isFolder: boolean;
  readonly size: number;
  readonly modifiedMs: number | undefined;
}

/** One thing below a local folder; folders come before what is in them. */
export type LocalPlace = LocalKind & {
  /** Host path. */
  readonly path: string;
  /** From the folder that was walked, `/`-separated. */
  readonly relative: string;
};

/** What can be sent, and for people what it is that cannot. */
type LocalKind =
  | { readonly kind: "file" | "folder" }
  | { readonly kind: "other"; readonly what: string };

/** What is at a path; `undefined` when nothing is. Other errors of the disk are thrown. */
export async function localFacts(path: string): Promise<LocalFacts | undefined> {
  const info = await ifThere(() => Deno.stat(path));
  return info && { isFolder: info.isDirectory, size: info.size, modifiedMs: info.mtime?.getTime() };
}

/** What a local file or folder is called: `.` and `..` have the name of the folder they mean. */
export function localName(path: string): string {
  return basename(resolve(path));
}

/**
 * The host path for a name that a server gave.
 *
 * SECURITY: such a name leads nowhere but into the folder: on Windows a backslash would be a path of its own, a
 * colon a drive or a hidden stream, and some names are devices.
 *
 * @throws CommandFailure for a name this machine cannot have.
 */
export function localChild(folder: string, name: string, os: string = Deno.build.os): string {
  const isPlain = name !== "" && name !== "." && name !== ".." && !/[/\0]/.test(name);
  if (isPlain && (os !== "windows" || !UNFIT_FOR_WINDOWS.test(name))) return join(folder, name);
  throw new CommandFailure(
    ExitCode.failed,
    `name a local file "${name}"`,
    "this machine cannot have such a name",
  );
}

/** Everything below a folder, by name. Links to files are followed; links to folders are not: they may lead round. */
export async function* walkLocal(folder: string, below = ""): AsyncGenerator<LocalPlace> {
  const entries = await Array.fromAsync(Deno.readDir(join(folder, below)));
  for (const entry of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const relative = below === "" ? entry.name : `${below}/${entry.name}`;
    const path = join(folder, relative);
    if (entry.isDirectory) {
      yield { path, relative, kind: "folder" };
      yield* walkLocal(folder, relative);
    } else {
      yield { path, relative, ...entry.isFile ? { kind: "file" } : await kindOf(path) };
    }
  }
}

// deno-lint-ignore no-control-regex -- those are forbidden in Windows names too
const UNFIT_FOR_WINDOWS = /[\\:*?"<>|\x01-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Of what a folder's listing calls neither file nor folder. */
async function kindOf(path: string): Promise<LocalKind> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    if (isFile) return { kind: "file" };
    return { kind: "other", what: isDirectory ? "a link to a folder" : "not a regular file" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { kind: "other", what: "a link that leads nowhere" };
    }
    // One name is no reason to stop the walk: its own transfer fails, and says why.
    return { kind: "file" };
  }
}
