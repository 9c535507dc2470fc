// The files of an account as its sessions have them: its root, what it may keep, its rights, its mounts.

import { createHash } from "node:crypto";
import { Fault } from "../shared/fault.ts";
import type { Log } from "../shared/log.ts";
import { resolvePath, ROOT, type VirtualPath } from "../shared/virtual_path.ts";
import { accountRoot, isRootAllowed } from "./account_root.ts";
import type { Account, Mount } from "./accounts/accounts.ts";
import type { ServerSettings } from "./settings.ts";
import type { KnownDigests } from "./storage/digest_cache.ts";
import { type DiskStorageOptions, openDiskStorage } from "./storage/disk_storage.ts";
import { type MountedAt, MountedStorage } from "./storage/mounted_storage.ts";
import { PermittedStorage, rightsOf } from "./storage/permitted_storage.ts";
import type { QuotaBooks } from "./storage/quota_books.ts";
import type { Storage } from "./storage/storage.ts";

/** What the storages of one worker share. */
export interface AccountStorageWorld {
  /** Absolute host path of the data directory. */
  readonly home: string;
  readonly settings: Pick<ServerSettings, "uploads" | "symlinks" | "diskFloorBytes">;
  readonly books: QuotaBooks;
  readonly digests: KnownDigests;
  readonly log: Log;
}

/**
 * Opens what an account sees; its root is made when missing.
 *
 * @throws Fault `denied` (its root would show the server's own folder), `host-failure`
 */
export async function openAccountStorage(
  account: Account,
  world: AccountStorageWorld,
): Promise<Storage> {
  const root = await openFolder(accountRoot(world.home, account), world, {
    account: account.name,
    books: world.books,
  });
  const mounts = await Array.fromAsync(openMounts(account, world));
  const whole = mounts.length === 0 ? root : new MountedStorage(root, mounts);
  if (!account.readOnly && account.grants.length === 0) return whole;
  const exceptions = account.grants.map(({ path, rights }) => ({
    path: pathOf(path),
    rights: rightsOf(rights),
  }));
  return new PermittedStorage(whole, rightsOf(account.readOnly ? "rl" : "rwl"), exceptions);
}

/** A folder that is not there, or would show the server's own, is left out: the rest stays usable. */
async function* openMounts(
  account: Account,
  world: AccountStorageWorld,
): AsyncGenerator<MountedAt> {
  for (const mount of account.mounts) {
    const directory = accountRoot(world.home, mount);
    try {
      await requireDirectory(directory);
      const storage = await openFolder(directory, world, { account: uploaderOf(account, mount) });
      const path = pathOf(mount.path);
      yield {
        path,
        storage: mount.writable ? storage : new PermittedStorage(storage, rightsOf("rl")),
      };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const fields = { user: account.name, mount: mount.path, directory, why: error.kind };
      world.log.write("warn", "mount left out", fields);
    }
  }
}

async function openFolder(
  root: string,
  { home, settings, digests, log }: AccountStorageWorld,
  rest: Pick<DiskStorageOptions, "account" | "books">,
): Promise<Storage> {
  // SECURITY: judged at every login, not only when the account was made: links change.
  if (!isRootAllowed(home, root)) throw new Fault("denied");
  const { diskFloorBytes: floorBytes, symlinks: links, uploads } = settings;
  return await openDiskStorage({ home, root, floorBytes, links, uploads, digests, log, ...rest });
}

/** Uploads into a mount wait in a folder of their own: their paths are not those of the root. */
function uploaderOf({ name }: Account, { path }: Mount): string {
  return `${name}+${createHash("sha256").update(path).digest("hex").slice(0, 8)}`;
}

function pathOf(text: string): VirtualPath {
  const path = resolvePath(ROOT, text);
  if (!path.ok) throw new Fault("bad-name", { about: text });
  return path.value;
}

async function requireDirectory(path: string): Promise<void> {
  try {
    if ((await Deno.stat(path)).isDirectory) return;
  } catch (cause) {
    throw new Fault("not-found", { cause });
  }
  throw new Fault("not-a-directory");
}
