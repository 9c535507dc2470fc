// What a power cut leaves of recorded file operations: every order of loss that a journalling disk allows.
//
// Names change in the order in which they were changed, up to some point; what came before a flush of
// the directory is surely there. Of the bytes of a file those are sure that were there when it was
// flushed; the rest may be there, missing, half there, or zeros.

import { dirname } from "node:path";
import {
  type HostFiles,
  hostFiles,
  type WritableHostFile,
} from "../../server/storage/host_files.ts";

type Operation =
  | { readonly kind: "create"; readonly path: string; readonly file: number }
  | { readonly kind: "rename" | "link"; readonly from: string; readonly to: string }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "append"; readonly file: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly file: number; readonly size: number }
  | { readonly kind: "flush"; readonly file: number }
  | { readonly kind: "flush-names"; readonly directory: string };

/** The host's file system, with a record of what was changed in which order. */
export class RecordingFiles {
  readonly operations: Operation[] = [];
  readonly files: HostFiles = {
    ...hostFiles,
    openToWrite: (path, how) => {
      const file = hostFiles.openToWrite(path, how);
      const { inode } = file.stat();
      if (how === "create") this.operations.push({ kind: "create", path, file: inode });
      return this.#recorded(file, inode);
    },
    rename: (from, to) => {
      hostFiles.rename(from, to);
      this.operations.push({ kind: "rename", from, to });
    },
    link: (from, to) => {
      hostFiles.link(from, to);
      this.operations.push({ kind: "link", from, to });
    },
    removeFile: (path) => {
      hostFiles.removeFile(path);
      this.operations.push({ kind: "remove", path });
    },
    syncDirectory: async (directory) => {
      await hostFiles.syncDirectory(directory);
      this.operations.push({ kind: "flush-names", directory });
    },
  };

  #recorded(file: WritableHostFile, inode: number): WritableHostFile {
    return {
      stat: () => file.stat(),
      setModified: (modifiedMs) => file.setModified(modifiedMs),
      tryLock: (kind) => file.tryLock(kind),
      append: async (bytes) => {
        const copy = bytes.slice();
        await file.append(bytes);
        this.operations.push({ kind: "append", file: inode, bytes: copy });
      },
      truncate: (size) => {
        file.truncate(size);
        this.operations.push({ kind: "truncate", file: inode, size });
      },
      sync: async () => {
        await file.sync();
        this.operations.push({ kind: "flush", file: inode });
      },
      [Symbol.dispose]: () => file[Symbol.dispose](),
    };
  }
}

/** A file that was safely on the disk. */
interface SafeFile {
  /** As {@linkcode Operation} names it. */
  readonly file: number;
  readonly content: string;
}

/** A moment after which the power was gone, and the contents that may be found under a path then. */
export interface PowerCut {
  /** How many operations had been done. */
  readonly after: number;
  /** Text; `undefined` for no file. */
  readonly found: string | undefined;
}

/**
 * All that may be found under `path` after the power went at any moment of what was recorded.
 *
 * @param before what was safely on the disk under that path when the recording began; nothing by default.
 */
export function* powerCuts(
  operations: readonly Operation[],
  path: string,
  before?: SafeFile,
): Generator<PowerCut> {
  for (let after = 0; after <= operations.length; after++) {
    const done = operations.slice(0, after);
    for (let named = sureNames(done); named <= after; named++) {
      const file = namesAfter(done.slice(0, named), path, before?.file).get(path);
      if (file === undefined) yield { after, found: undefined };
      else for (const found of contents(done, file, before)) yield { after, found };
    }
  }
}

/** How many operations have surely taken effect on names. */
function sureNames(done: readonly Operation[]): number {
  let sure = 0;
  done.forEach((operation, at) => {
    if (operation.kind !== "flush-names") return;
    for (let earlier = sure; earlier < at; earlier++) {
      if (directoryOf(done[earlier]) === operation.directory) sure = earlier + 1;
    }
  });
  return sure;
}

function directoryOf(operation: Operation | undefined): string | undefined {
  switch (operation?.kind) {
    case "create":
    case "remove":
      return dirname(operation.path);
    case "rename":
    case "link":
      return dirname(operation.to);
    default:
      return undefined;
  }
}

function namesAfter(
  done: readonly Operation[],
  path: string,
  file: number | undefined,
): Map<string, number> {
  const names = new Map(file === undefined ? [] : [[path, file]]);
  for (const operation of done) {
    if (operation.kind === "create") names.set(operation.path, operation.file);
    if (operation.kind === "remove") names.delete(operation.path);
    if (operation.kind !== "rename" && operation.kind !== "link") continue;
    const moved = names.get(operation.from);
    if (moved !== undefined) names.set(operation.to, moved);
    if (operation.kind === "rename") names.delete(operation.from);
  }
  return names;
}

/** Everything the file may hold: what it held at any time since its last flush, or half of a change. */
function contents(
  done: readonly Operation[],
  file: number,
  before: SafeFile | undefined,
): Set<string> {
  let now = file === before?.file ? before.content : "";
  let possible = new Set([now]);
  for (const operation of done) {
    if (!("file" in operation) || operation.file !== file) continue;
    if (operation.kind === "append") {
      const added = new TextDecoder().decode(operation.bytes);
      possible.add(now + added.slice(0, Math.ceil(added.length / 2)));
      possible.add(now + "\0".repeat(added.length));
      now += added;
    }
    if (operation.kind === "truncate") now = now.slice(0, operation.size);
    if (operation.kind === "flush") possible = new Set();
    possible.add(now);
  }
  return possible;
}
