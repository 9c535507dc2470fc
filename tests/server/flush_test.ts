// Flushing: to the disk where there is one, and not at all where there is none.

import assert from "node:assert/strict";
import { statfsSync } from "node:fs";
import { join } from "node:path";
import { hostFiles } from "../../server/storage/host_files.ts";
import { operatorPath } from "../../server/storage/jailed_path.ts";

/** As statfs(2) of Linux calls a file system in memory. */
const TMPFS = 0x01021994;
/** On the disk and in memory, as a rule; which of them, the host says. */
const PLACES = [undefined, "/dev/shm"];

for (const dir of PLACES) {
  Deno.test({
    name: `a flush asks the disk, and spares itself where there is none: ${
      dir ?? "the usual place"
    }`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      const directory = await Deno.makeTempDir({ ...dir !== undefined && { dir } });
      try {
        const isInMemory = statfsSync(directory).type === TMPFS;
        const file = hostFiles.openToWrite(operatorPath(join(directory, "f")), "create");
        await file.sync();
        file[Symbol.dispose]();
        // Only who asks finds out that the file is closed.
        const flushed = file.sync();
        if (isInMemory) await flushed;
        else await assert.rejects(flushed, Deno.errors.BadResource);
        await hostFiles.syncDirectory(operatorPath(directory));
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}
