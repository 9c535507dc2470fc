// Who lives: the locked files of threads, which are read without the store and by every version.

import { join } from "node:path";

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
  try {
    for (const { name } of Deno.readDirSync(folder)) {
      if (isLocked(join(folder, name))) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function threadsFolder(directory: string): string {
  return join(directory, "threads");
}

function isLocked(path: string): boolean {
  try {
    using lock = Deno.openSync(path, { write: true });
    if (!lock.tryLockSync(true)) return true;
    lock.unlockSync(); // not left to the closing: a process that is just being started has the file too
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
