// A path as the peer sees it: absolute, `/`-separated, normalised as text. It is not a host path.

import { type Parsed, parsed, unparsed } from "./parsed.ts";

declare const brand: unique symbol;

/** An absolute, normalised path inside a session's root: `/`, `/a/b`; never `..`, `//` or a trailing `/`. */
export type VirtualPath = string & { readonly [brand]: "VirtualPath" };

/** The root that a session sees. */
export const ROOT = "/" as VirtualPath;

/** A path of more bytes than this is refused: Linux's own PATH_MAX. */
const PATH_LIMIT_BYTES = 4096;

/**
 * Reads `text` as a path, relative to `from` unless it starts with `/`. `..` at the root stays there
 * (RFC 3659's TVFS, 6), so no text leads above it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { resolvePath, ROOT } from "./virtual_path.ts";
 * assert.deepEqual(resolvePath(ROOT, "a/./b/../c"), { ok: true, value: "/a/c" });
 * assert.equal(resolvePath(ROOT, "a\0b").ok, false);
 * ```
 */
export function resolvePath(from: VirtualPath, text: string): Parsed<VirtualPath> {
  // SECURITY: the three bytes that break lines and C strings
  if (/[\0\r\n]/.test(text)) return unparsed("a path may not hold NUL, CR or LF");
  const segments = text.startsWith("/") ? [] : segmentsOf(from);
  for (const segment of text.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  const path = "/" + segments.join("/");
  // A character is three bytes at most: of a short path they need not be counted.
  const mayBeLong = path.length * 3 > PATH_LIMIT_BYTES;
  if (mayBeLong && new TextEncoder().encode(path).length > PATH_LIMIT_BYTES) {
    return unparsed(`a path may have ${PATH_LIMIT_BYTES} bytes at most`);
  }
  return parsed(path as VirtualPath);
}

/** The names along the path, from the root down; none for the root. */
export function segmentsOf(path: VirtualPath): string[] {
  return path === ROOT ? [] : path.slice(1).split("/");
}

/** The directory that holds the path; the root holds itself. */
export function parentOf(path: VirtualPath): VirtualPath {
  return ("/" + segmentsOf(path).slice(0, -1).join("/")) as VirtualPath;
}

/** The last name of the path; `/` for the root. */
export function nameOf(path: VirtualPath): string {
  return segmentsOf(path).at(-1) ?? "/";
}

/** The path of `name` inside `directory`; `name` is one plain name, as storage lists it. */
export function childOf(directory: VirtualPath, name: string): VirtualPath {
  return (directory === ROOT ? `/${name}` : `${directory}/${name}`) as VirtualPath;
}

/** Whether `path` is `directory` or lies below it. */
export function isWithin(path: VirtualPath, directory: VirtualPath): boolean {
  return directory === ROOT || path === directory || path.startsWith(directory + "/");
}

/** The same path in a tree that is seen at `directory`. */
export function withinDirectory(directory: VirtualPath, path: VirtualPath): VirtualPath {
  return segmentsOf(path).reduce(childOf, directory);
}

/** The path as hosts see it that know names in any case. */
export function caseFolded(path: VirtualPath): VirtualPath {
  return path.normalize("NFC").toLowerCase() as VirtualPath;
}
