// Files of accounts that unregistered: set aside for a while, or purged.

import { basename, dirname, join, relative } from "node:path";
import { ifThere } from "../shared/if_there.ts";
import { accountRoot } from "./account_root.ts";
import { nameKey } from "./accounts/account_rules.ts";
import type { Account } from "./accounts/accounts.ts";
import { ANONYMOUS_DIRECTORY, privateDirectory } from "./data_directory.ts";
import { hostCode } from "./storage/host_fault.ts";
import { hostFiles } from "./storage/host_files.ts";
import { operatorPath } from "./storage/jailed_path.ts";
import { readRecord } from "./storage/upload_part.ts";

/** How long files of an account that unregistered are kept. */
export const KEPT_REMOVED_MS = 30 * 24 * 3600_000;

/** What became of them: moved to HOME/.ftp/removed, deleted, or left where they are, not its own alone. */
export type RemovalOutcome = "set aside" | "purged" | "left";

/**
 * Takes the files of an account away, its unfinished uploads too.
 *
 * @param others all other accounts: what one of them sees is left alone.
 */
export async function removeHome(
  home: string,
  account: Account,
  { others, purge, nowMs }: {
    readonly others: readonly Account[];
    readonly purge: boolean;
    readonly nowMs: number;
  },
): Promise<RemovalOutcome> {
  const root = accountRoot(home, account);
  const isShared = others.some((other) => {
    const roots = [other, ...other.mounts].map((each) => accountRoot(home, each));
    return roots.some((each) => isWithin(each, root) || isWithin(root, each));
  });
  const isAlone = isOwn(home, account) && !isShared;
  const aside = isAlone ? await setAside(home, root, `${nowMs}-${account.name}`) : undefined;
  // Not before: when the files cannot go the account stays, with all that is its own.
  try {
    await forgetUploads(home, account.name);
  } catch (error) {
    if (aside !== undefined) await ifThere(() => Deno.rename(aside, root));
    throw error;
  }
  if (aside === undefined) return "left";
  if (!purge) return "set aside";
  try {
    await ifThere(() => Deno.remove(aside, { recursive: true }));
    return "purged";
  } catch (error) {
    if (hostCode(error) === undefined) throw error;
    return "set aside"; // it has left the account already, and is swept later
  }
}

/** @returns where it is now; `undefined` when it is a file system of its own, or on another one. */
async function setAside(home: string, root: string, name: string): Promise<string | undefined> {
  const removed = join(privateDirectory(home), "removed");
  await Deno.mkdir(removed, { recursive: true, mode: 0o700 });
  const target = join(removed, name);
  try {
    await ifThere(() => Deno.rename(root, target));
    return target;
  } catch (error) {
    const code = hostCode(error);
    if (code === "EXDEV" || code === "EBUSY") return undefined;
    throw error;
  }
}

/**
 * Whether the root was made for this account, which may change all of it.
 *
 * SECURITY: any other folder (`--dir`, `pub`) is the operator's, and who may not delete a file one by
 * one must not delete it by leaving.
 */
function isOwn(home: string, account: Account): boolean {
  const { name, readOnly, grants } = account;
  const isMadeForIt = name !== ANONYMOUS_DIRECTORY &&
    accountRoot(home, account) === join(home, name);
  return isMadeForIt && !readOnly && grants.length === 0;
}

/**
 * Deletes what was set aside long enough; one that cannot be deleted keeps no other.
 *
 * @param onFailure is told of those that stay.
 * @returns how many homes
 */
export async function sweepRemovedHomes(
  home: string,
  { olderThanMs, nowMs, onFailure }: {
    readonly olderThanMs: number;
    readonly nowMs: number;
    readonly onFailure: (name: string, error: unknown) => void;
  },
): Promise<number> {
  const removed = join(privateDirectory(home), "removed");
  let swept = 0;
  for (const name of await namesIn(removed)) {
    const sinceMs = Number(/^(\d+)-/.exec(name)?.[1]);
    if (!(sinceMs <= nowMs - olderThanMs)) continue;
    try {
      await ifThere(() => Deno.remove(join(removed, name), { recursive: true }));
      swept++;
    } catch (error) {
      if (hostCode(error) === undefined) throw error;
      onFailure(name, error);
    }
  }
  return swept;
}

/** The names in a directory that may not be there. */
async function namesIn(directory: string): Promise<string[]> {
  return await ifThere(() => Array.fromAsync(Deno.readDir(directory), ({ name }) => name)) ?? [];
}

/**
 * Whether a folder of that name is somebody's already, or holds files that a new account would be given.
 *
 * SECURITY: the name of a removed account, or of a folder that others share, must not lead a stranger
 * to what is there.
 */
export async function isHomeTaken(
  home: string,
  name: string,
  accounts: readonly Account[],
): Promise<boolean> {
  const firsts = accounts.flatMap((account) => [account, ...account.mounts])
    .map(({ directory }) =>
      relative(home, accountRoot(home, { directory })).split(/[\\/]/)[0] ?? ""
    );
  if (firsts.some((first) => nameKey(first) === nameKey(name))) return true;
  try {
    for await (const entry of Deno.readDir(home)) {
      if (nameKey(entry.name) !== nameKey(name)) continue;
      if (!entry.isDirectory) return true;
      for await (const _ of Deno.readDir(join(home, entry.name))) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Removes an account's unfinished uploads. Those into mounts wait in folders whose names go on after a
 * `+`, which no account name holds.
 *
 * SECURITY: the next account of that name must find nothing of the one before.
 */
export async function forgetUploads(home: string, account: string): Promise<void> {
  const uploads = join(privateDirectory(home), "uploads");
  for (const name of await namesIn(uploads)) {
    if (name.split("+")[0] !== account) continue;
    await removeElsewhere(join(uploads, name));
    await ifThere(() => Deno.remove(join(uploads, name), { recursive: true }));
  }
}

/** Removes the bytes that wait on other file systems, as the records in the folder tell. */
async function removeElsewhere(records: string): Promise<void> {
  for (const name of await namesIn(records)) {
    if (!name.endsWith(".json")) continue;
    const noted = readRecord(hostFiles, operatorPath(join(records, name)));
    if (noted === undefined) continue;
    for (const kind of ["part", "copy"]) {
      const bytes = join(dirname(noted.bytes), `${basename(name, ".json")}.${kind}`);
      await ifThere(() => Deno.remove(bytes));
    }
  }
}

function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === "" || !/^(\.\.([\\/]|$)|[\\/]|[A-Za-z]:)/.test(way);
}
