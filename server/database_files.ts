// A SQLite database on the disk: its file, and the two that SQLite keeps beside it.

import { ifThere } from "../shared/if_there.ts";

/** Removes it, as far as it is there; nobody may have it open. @throws errors of the host */
export function removeDatabase(path: string): void {
  for (const suffix of ["", "-wal", "-shm"]) ifThere(() => Deno.removeSync(path + suffix));
}
