// Whether a directory stays where it is, whatever other users of this machine do.

import type { HostFiles, HostStat } from "./host_files.ts";
import type { HostPath } from "./jailed_path.ts";

const STICKY = 0o1000, OTHERS_WRITE = 0o022;

/**
 * SECURITY: whether no foreign user of this machine could move or replace a directory above the path:
 * in each only its owner writes, who is the server's own user or root, or (sticky, as in /tmp) what
 * such a user owns stays where it is.
 *
 * @param path it, and all that is above it, the nearest first.
 */
export function isFixed(
  path: readonly [HostPath, ...HostPath[]],
  files: Pick<HostFiles, "lstat">,
): boolean {
  const own = Deno.uid();
  const isTrusted = ({ owner }: HostStat) => own !== null && (owner === own || owner === 0);
  const [itself, ...above] = path;
  let child = files.lstat(itself);
  for (const directory of above) {
    const parent = files.lstat(directory);
    const mode = parent.mode ?? OTHERS_WRITE;
    const keepsOthersOut = (mode & OTHERS_WRITE) === 0;
    const keepsChild = (mode & STICKY) !== 0 && isTrusted(child);
    if (!isTrusted(parent) || !(keepsOthersOut || keepsChild)) return false;
    child = parent;
  }
  return true;
}
