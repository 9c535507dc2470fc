// The two ends of a mirror: a folder of this machine and one of the server, asked and changed alike.

import { join } from "node:path";
import type { MirrorEntry } from "../mirror.ts";
import type { RemoteEntry } from "../remote_entry.ts";
import { makeFolder } from "./folders.ts";
import { localChild } from "./local_files.ts";
import { attempt, type OperationContext, shown } from "./operation_context.ts";
import { childPath, listFolder } from "./remote_names.ts";

/** One end; paths are from its root, `/`-separated, empty for the root itself. */
export interface MirrorSide {
  /** The whole path, for people and for transfers. @throws CommandFailure for a name this machine cannot have */
  path(below: string): string;
  /** @throws CommandFailure, also when not all of the listing could be read */
  list(context: OperationContext, below: string): Promise<MirrorEntry[]>;
  makeFolder(context: OperationContext, below: string): Promise<void>;
  /** Removes a file, or a folder that is empty. */
  remove(context: OperationContext, below: string, kind: "file" | "folder"): Promise<void>;
}

/** Folders of this machine; their times are exact enough for every server. */
const LOCAL_EXACT_MS = 1000;

/** A folder of this machine. */
export function localSide(root: string): MirrorSide {
  // SECURITY: every part of a path may be a name that a server gave.
  const path = (below: string) =>
    below.split("/").filter((name) => name !== "").reduce(
      (folder, name) => localChild(folder, name),
      root,
    );
  return {
    path,
    list: (_context, below) => attempt(`list "${path(below)}"`, () => listLocal(path(below))),
    makeFolder: (_context, below) =>
      attempt(
        `make the folder "${path(below)}"`,
        () => Deno.mkdir(path(below), { recursive: true }),
      ),
    remove: (_context, below) => attempt(`remove "${path(below)}"`, () => Deno.remove(path(below))),
  };
}

async function listLocal(folder: string): Promise<MirrorEntry[]> {
  const entries: MirrorEntry[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (isUnfinished(name)) continue;
    // SECURITY: a link is not followed: what it leads to was not asked to be changed.
    const { isFile, isDirectory, size, mtime } = Deno.lstatSync(join(folder, name));
    entries.push({
      name,
      kind: isFile ? "file" : isDirectory ? "folder" : "other",
      size,
      modifiedMs: mtime?.getTime(),
      exactToMs: LOCAL_EXACT_MS,
    });
  }
  return entries.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** What a download that was interrupted left is nobody's file yet. */
function isUnfinished(name: string): boolean {
  return /^\..+\.part$/.test(name);
}

/** A folder of the server. */
export function remoteSide(root: string): MirrorSide {
  const path = (below: string) => below === "" ? root : childPath(root, below);
  return {
    path,
    list: async (context, below) =>
      (await listFolder(context, path(below), { demandAll: true })).map(entryOf),
    makeFolder: (context, below) => makeFolder(context, path(below)),
    remove: (context, below, kind) =>
      attempt(`remove ${shown(path(below))} at ${context.label}`, async () => {
        const client = await context.client();
        const { signal } = context;
        if (kind === "folder") await client.removeDirectory(path(below), { signal });
        else await client.removeFile(path(below), { signal });
      }),
  };
}

function entryOf({ name, type, size, modifiedMs, modifiedExactToMs }: RemoteEntry): MirrorEntry {
  const kind = type === "file" ? "file" : type === "directory" ? "folder" : "other";
  return { name, kind, size, modifiedMs, exactToMs: modifiedExactToMs ?? LOCAL_EXACT_MS };
}
