// Who lives: the locked files of threads, which are read without the store and by every version.

import { join } from "node:path";
import { ifThere } from "../../shared/if_there.ts";

/** The file a thread keeps locked. @param directory the server's own folder. */
export function threadLockFile(directory: string, id: number): string {
  return join(threadsFolder(directory), `${id}.lock`);
}

/** Whether a thread other than the one that asks lives. @param directory the server's own folder. */
export function isThreadAlive(directory: string, id: number): boolean {
  return isLocked(threadLockFile(directory, id));
}

/** Whether any thread lives, whatever the store says of it. @param directory the server's own folder. */
export function isAnyThreadAlive(directory: string): boolean {
  const folder = threadsFolder(directory);
  const names = ifThere(() => Array.from(Deno.readDirSync(folder), ({ name }) => name)) ?? [];
  return names.some((name) => isLocked(join(folder, name)));
}

function threadsFolder(directory: string): string {
  return join(directory, "threads");
}

function isLocked(path: string): boolean {
  using lock = ifThere(() => Deno.openSync(path, { write: true }));
  if (lock === undefined) return false;
  if (!lock.tryLockSync(true)) return true;
  lock.unlockSync(); // not left to the closing: a process that is just being started has the file too
  return false;
}
