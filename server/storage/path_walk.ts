// Following a path by looking at its names one after the other.

import { hostCode } from "./host_fault.ts";
import type { HostFiles, HostStat } from "./host_files.ts";
import type { HostPath, Located } from "./jailed_path.ts";

/**
 * Looks at each step of a path from a directory on that nobody can move. Where none is a link, the path
 * is the one without links, and what was seen last is what it leads to: fewer calls than the host takes
 * to tell that path.
 *
 * @param way that directory and the path up to each name below it, the nearest first.
 * @returns `undefined` where nothing is there; `"unclear"` where a name is a link, may not be looked at,
 * or may be spelt otherwise than it is stored: then the host has to be asked.
 */
export function walk(
  way: readonly HostPath[],
  files: Pick<HostFiles, "lstat">,
): Located | "unclear" | undefined {
  if (!NAMES_ARE_EXACT) return "unclear";
  let found: Located | undefined;
  for (const host of way) {
    if (found !== undefined && found.stat.type !== "directory") return undefined;
    const stat = lookAt(host, files);
    if (stat === undefined) return undefined;
    if (stat === "unclear" || stat.type === "link") return "unclear";
    found = { host, stat };
  }
  return found;
}

/** Elsewhere two spellings can be one name, and only the host knows which one is stored. */
const NAMES_ARE_EXACT = Deno.build.os === "linux";

function lookAt(host: HostPath, files: Pick<HostFiles, "lstat">): HostStat | "unclear" | undefined {
  try {
    return files.lstat(host);
  } catch (error) {
    const code = hostCode(error);
    if (code === undefined) throw error;
    return code === "ENOENT" ? undefined : "unclear";
  }
}
