// What `--grant` and `--mount` say of an account: rights by directory, folders from elsewhere.

import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";
import { resolvePath, ROOT } from "../shared/virtual_path.ts";
import { checkAccountDirectory } from "./accounts/account_rules.ts";
import type { Grant, Mount } from "./accounts/accounts.ts";

/**
 * Reads one `--grant`: a path of the account's tree, `=`, and letters of `rwl` or `none`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseGrant } from "./grant_options.ts";
 * assert.deepEqual(parseGrant("/incoming=wl"), {
 *   ok: true,
 *   value: { path: "/incoming", rights: "wl" },
 * });
 * ```
 */
export function parseGrant(text: string): Parsed<Grant> {
  const [, path = "", rights = ""] = /^(\/.*)=(none|[rwl]{1,3})$/.exec(text) ?? [];
  const read = path === "" ? undefined : resolvePath(ROOT, path);
  if (!read?.ok) return unparsed("expected /PATH=RIGHTS: r read, w write, l list, or none of them");
  return parsed({ path: read.value, rights: rights === "none" ? "" : rights });
}

/**
 * Reads one `--mount`: a path of the account's tree, `=`, a folder below HOME or an absolute path, and
 * perhaps `:ro` (which is meant without it too) or `:rw`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMount } from "./grant_options.ts";
 * assert.deepEqual(parseMount("/pub=/srv/pub:ro"), {
 *   ok: true,
 *   value: { path: "/pub", directory: "/srv/pub", writable: false },
 * });
 * ```
 */
export function parseMount(text: string): Parsed<Mount> {
  const [, path = "", folder = "", how = "ro"] = /^(\/[^=]*)=(.+?)(?::(ro|rw))?$/.exec(text) ?? [];
  const read = path === "" ? undefined : resolvePath(ROOT, path);
  if (!read?.ok || read.value === ROOT) {
    return unparsed("expected /PATH=FOLDER, :ro or :rw after it");
  }
  const directory = checkAccountDirectory(folder);
  if (!directory.ok) return directory;
  return parsed({ path: read.value, directory: directory.value, writable: how === "rw" });
}

/** All of one kind; the word `none` alone stands for an empty list. */
export function parseEach<T extends { readonly path: string }>(
  texts: readonly string[],
  parse: (text: string) => Parsed<T>,
): Parsed<readonly T[]> {
  if (texts.length === 1 && texts[0] === "none") return parsed([]);
  const all: T[] = [];
  for (const text of texts) {
    const read = parse(text);
    if (!read.ok) return unparsed(`"${text}": ${read.why}`);
    if (all.some(({ path }) => path === read.value.path)) {
      return unparsed(`"${read.value.path}" is named twice`);
    }
    all.push(read.value);
  }
  return parsed(all);
}
