// A disk that fills up: uploads end above the floor or where the disk does, and the old file stays.

import assert from "node:assert/strict";
import { hostFiles } from "../../server/storage/host_files.ts";
import { FailingFiles } from "../support/failing_files.ts";
import { at, failsAs, get, interrupt, patternBytes, put } from "../support/storage_steps.ts";
import { openTrialDisk } from "../support/trial_disk.ts";

const MIB = 1024 * 1024;

/** A disk of this size on which only uploads take up room. */
function smallDisk(bytes: number) {
  let left = bytes;
  const files = {
    ...hostFiles,
    space: () => left,
    openToWrite: (
      path: Parameters<typeof hostFiles.openToWrite>[0],
      how: "create" | "existing",
    ) => {
      const file = hostFiles.openToWrite(path, how);
      return {
        stat: () => file.stat(),
        truncate: (size: number) => file.truncate(size),
        setModified: (ms: number) => file.setModified(ms),
        sync: () => file.sync(),
        tryLock: (kind: "shared" | "exclusive") => file.tryLock(kind),
        append: (content: Uint8Array) => {
          left -= content.length;
          return file.append(content);
        },
        [Symbol.dispose]: () => file[Symbol.dispose](),
      };
    },
  };
  return { files, left: () => left };
}

Deno.test("uploads leave the floor free, whatever they announced", async () => {
  const { files, left } = smallDisk(100 * MIB);
  await using disk = await openTrialDisk({ files, floorBytes: 60 * MIB });
  const { storage } = disk;
  await put(storage, "/f", "old");
  const announced = { mode: "replace", announcedSize: 41 * MIB } as const;
  await failsAs("no-space", storage.write(at("/f"), announced));
  const piece = patternBytes(MIB);
  const upload = await storage.write(at("/f"), { mode: "replace" });
  await failsAs(
    "no-space",
    (async () => {
      for (;;) await upload.write(piece);
    })(),
  );
  await upload[Symbol.asyncDispose]();
  assert.ok(left() >= 59 * MIB && left() <= 61 * MIB, `${left() / MIB} MiB left`);
  assert.equal(await get(storage, "/f"), "old");
  assert.deepEqual(disk.waiting(), [], "what had no room takes up none");
});

Deno.test("space is what is above the floor", async () => {
  const { files } = smallDisk(100 * MIB);
  await using disk = await openTrialDisk({ files, floorBytes: 60 * MIB });
  assert.equal(await disk.storage.space(), 40 * MIB);
  const below = await disk.reopen({ floorBytes: 101 * MIB });
  assert.equal(await below.space(), 0);
});

Deno.test("a disk that is full in the middle gives back what it took; what was there before stays", async () => {
  const failing = new FailingFiles();
  await using disk = await openTrialDisk({ files: failing.files });
  const { storage } = disk;
  await put(storage, "/f", "old");
  await interrupt(storage, "/g", "half");
  for (const path of ["/f", "/g"]) {
    const { offset, base } = path === "/f"
      ? { offset: 0, base: {} }
      : { offset: 4, base: { base: "unfinished" } as const };
    const upload = await storage.write(at(path), { mode: "replace", offset, ...base });
    await upload.write(patternBytes(1000));
    failing.failAt(1, "ENOSPC");
    await failsAs("no-space", upload.write(patternBytes(1000)));
    await upload[Symbol.asyncDispose]();
  }
  assert.equal(await get(storage, "/f"), "old");
  assert.equal(await storage.unfinished(at("/f")), undefined);
  assert.equal(await storage.unfinished(at("/g")), 4);
});
