// What a REMOTE on the command line names: a URL, a place below a bookmark, or a path on the named server.

import { type Address, looksLikeUrl, parseAddress } from "./address.ts";
import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";

/** The three forms of a REMOTE. */
export type Remote =
  | { readonly form: "url"; readonly address: Address }
  | { readonly form: "bookmark"; readonly name: string; readonly path: string }
  | { readonly form: "path"; readonly path: string };

/**
 * Reads a REMOTE. `NAME:path` is a place below a bookmark only when `isBookmark` knows the name:
 * a colon is a common character in file names.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseRemote } from "./remote.ts";
 * const isBookmark = (name: string) => name === "work";
 * assert.deepEqual(parseRemote("work:a.txt", isBookmark), {
 *   ok: true,
 *   value: { form: "bookmark", name: "work", path: "a.txt" },
 * });
 * assert.deepEqual(parseRemote("10:30.log", isBookmark), {
 *   ok: true,
 *   value: { form: "path", path: "10:30.log" },
 * });
 * ```
 */
export function parseRemote(text: string, isBookmark: (name: string) => boolean): Parsed<Remote> {
  if (looksLikeUrl(text)) {
    const address = parseAddress(text);
    return address.ok ? parsed({ form: "url", address: address.value }) : address;
  }
  // SECURITY: the three bytes that break lines and C strings.
  if (/[\0\r\n]/.test(text)) return unparsed("a path may not hold NUL, CR or LF");
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(colon, 0));
  return colon > 0 && isBookmark(name)
    ? parsed({ form: "bookmark", name, path: text.slice(colon + 1) })
    : parsed({ form: "path", path: text });
}

/** The remote path for `path` seen from `base`: an absolute one is itself. */
export function joinRemote(base: string, path: string): string {
  if (path.startsWith("/") || base === "") return path;
  return path === "" ? base : `${base.replace(/\/+$/, "")}/${path}`;
}

/** The last name of a remote path; empty for a directory given with a final `/`, `.` and `..`. */
export function remoteName(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name === "." || name === ".." ? "" : name;
}
