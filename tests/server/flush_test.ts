// Flushing: to the disk where there is one, and not at all where there is none.

import assert from "node:assert/strict";
import { statfsSync } from "node:fs";
import { join } from "node:path";
import { hostFiles } from "../../server/storage/host_files.ts";
import { operatorPath } from "../../server/storage/jailed_path.ts";
import { at, failsAs } from "../support/storage_steps.ts";
import { openTrialDisk } from "../support/trial_disk.ts";

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
        if (isInMemory) assert.equal(flushed, undefined);
        else await assert.rejects(async () => await flushed, Deno.errors.BadResource);
        await hostFiles.syncDirectory(operatorPath(directory));
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

for (const doesWait of [true, false]) {
  Deno.test(`what was put in the way of an upload is found ${doesWait ? "after its flush" : "before its end, where nothing is flushed"}`, async () => {
    await using disk = await openTrialDisk();
    const block = () => Deno.mkdirSync(disk.inRoot("f"));
    const storage = await disk.reopen({
      files: {
        ...hostFiles,
        openToWrite(path, how) {
          const file = hostFiles.openToWrite(path, how);
          const sync = doesWait ? () => Promise.resolve().then(block) : () => undefined;
          return new Proxy(file, {
            get(target, name) {
              const member = name === "sync" ? sync : Reflect.get(target, name, target);
              return typeof member === "function" ? member.bind(target) : member;
            },
          });
        },
      },
    });
    await using upload = await storage.write(at("/f"), { mode: "replace" });
    await upload.write(new TextEncoder().encode("new"));
    if (!doesWait) block();
    await failsAs("is-a-directory", upload.commit());
    await Deno.remove(disk.inRoot("f"));
  });
}
