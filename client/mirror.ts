// What must happen in one folder for it to become like another one: a pure comparison of two listings.

import { fitsPattern } from "../shared/name_pattern.ts";

/** One name in a folder, at either end. */
export interface MirrorEntry {
  readonly name: string;
  /** `other`: links and devices; they are neither mirrored nor removed. */
  readonly kind: "file" | "folder" | "other";
  /** Bytes; `undefined` where that end did not tell. */
  readonly size: number | undefined;
  /** Milliseconds since 1970 UTC; `undefined` where that end did not tell. */
  readonly modifiedMs: number | undefined;
  /** How exact `modifiedMs` is. */
  readonly exactToMs: number;
}

/** Which names take part, and when a file is moved again. */
export interface MirrorRules {
  /** Globs; a file takes part when one of them fits, or when there is none. */
  readonly include: readonly string[];
  /** Globs of files and folders that are left alone, at both ends. */
  readonly exclude: readonly string[];
  /** Whether only files are moved that are missing or older at the target, whatever their sizes. */
  readonly newerOnly: boolean;
}

/** What is to be done in one folder. */
export interface FolderPlan {
  readonly moves: readonly MirrorEntry[];
  /** Folders to be looked into, made first where they are missing. */
  readonly folders: readonly { readonly name: string; readonly isMissing: boolean }[];
  /** What only the target has. */
  readonly surplus: readonly MirrorEntry[];
  /** Names that are a folder at one end and something else at the other. */
  readonly conflicts: readonly string[];
  /** Names of links and devices at the source: they have no copy. */
  readonly skipped: readonly string[];
  /** How many files are as they should be. */
  readonly same: number;
}

/**
 * Compares two listings of one folder.
 *
 * @param folder its path below the root, empty or with a final `/`: patterns with a `/` are about whole paths.
 */
export function planFolder(
  folder: string,
  source: readonly MirrorEntry[],
  target: readonly MirrorEntry[],
  rules: MirrorRules,
): FolderPlan {
  const there = new Map(target.map((entry) => [entry.name, entry]));
  const wanted = new Set(source.map((entry) => entry.name));
  const moves: MirrorEntry[] = [];
  const folders: { name: string; isMissing: boolean }[] = [];
  const conflicts: string[] = [];
  const skipped: string[] = [];
  let same = 0;
  for (const entry of source) {
    if (!takesPart(folder, entry, rules)) continue;
    if (entry.kind === "other") {
      skipped.push(entry.name);
      continue;
    }
    const copy = there.get(entry.name);
    if (copy !== undefined && copy.kind !== entry.kind) conflicts.push(entry.name);
    else if (entry.kind === "folder") {
      folders.push({ name: entry.name, isMissing: copy === undefined });
    } else if (copy === undefined || mustMove(entry, copy, rules)) moves.push(entry);
    else same++;
  }
  const surplus = target.filter((entry) =>
    !wanted.has(entry.name) && entry.kind !== "other" && takesPart(folder, entry, rules)
  );
  return { moves, folders, surplus, conflicts, skipped, same };
}

/** Whether the rules let a name take part. */
export function takesPart(folder: string, entry: MirrorEntry, rules: MirrorRules): boolean {
  const fits = (pattern: string) => fitsPath(pattern, folder + entry.name);
  if (rules.exclude.some(fits)) return false;
  return entry.kind === "folder" || rules.include.length === 0 || rules.include.some(fits);
}

/**
 * A pattern without `/` is about the last name; with one it is about the path from the root, part by part.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fitsPath } from "./mirror.ts";
 * assert.equal(fitsPath("*.tmp", "a/b.tmp"), true);
 * assert.equal(fitsPath("a/*.tmp", "a/b/c.tmp"), false);
 * ```
 */
export function fitsPath(pattern: string, path: string): boolean {
  const names = path.split("/");
  if (!pattern.includes("/")) return fitsName(pattern, names.at(-1) ?? "");
  const parts = pattern.split("/").filter((part) => part !== "");
  return parts.length === names.length &&
    parts.every((part, at) => fitsName(part, names[at] ?? ""));
}

/** Unlike in a shell a star stands for hidden names, too: what is left out should be all of it. */
function fitsName(pattern: string, name: string): boolean {
  return fitsPattern(`_${pattern}`, `_${name}`);
}

/** A copy that cannot be shown to be older has the same content when it has the same size. */
function mustMove(entry: MirrorEntry, copy: MirrorEntry, rules: MirrorRules): boolean {
  const isOlder = entry.modifiedMs !== undefined && copy.modifiedMs !== undefined &&
    copy.modifiedMs + Math.max(entry.exactToMs, copy.exactToMs) <= entry.modifiedMs;
  if (isOlder || rules.newerOnly) return isOlder;
  return entry.size === undefined || copy.size === undefined || entry.size !== copy.size;
}
