// Which folder of the host an account's root is, and that it never holds the server's own.

import { join, relative, resolve } from "node:path";
import type { Account } from "./accounts/accounts.ts";
import { privateDirectory } from "./data_directory.ts";

/** The host path of the account's root, which may not exist yet. */
export function accountRoot(home: string, account: Pick<Account, "directory">): string {
  return resolve(home, account.directory);
}

/**
 * Whether the folder may be a root, links followed as far as it exists: neither the server's own
 * folder, nor anything in it, nor anything around it.
 */
export function isRootAllowed(home: string, root: string): boolean {
  const own = realPath(privateDirectory(home)), real = realPath(root);
  return !isWithin(real, own) && !isWithin(own, real);
}

/** The path with links followed; of what does not exist, as far as it does. */
function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    const parent = resolve(path, "..");
    if (!(error instanceof Deno.errors.NotFound) || parent === path) return path;
    return join(realPath(parent), relative(parent, path));
  }
}

function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === "" || (way !== ".." && !/^\.\.[/\\]/.test(way) && resolve(way) !== way);
}
