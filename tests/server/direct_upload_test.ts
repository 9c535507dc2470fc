// Uploads that go straight under their names: visible at once, flushed all the same, counted right.

import assert from "node:assert/strict";
import { hostFiles } from "../../server/storage/host_files.ts";
import { FailingFiles } from "../support/failing_files.ts";
import { at, bytes, failsAs, get, interrupt, names, put } from "../support/storage_steps.ts";
import { openTrialDisk } from "../support/trial_disk.ts";
import { TrialQuota } from "../support/trial_quota.ts";

const DIRECT = { uploads: "direct" } as const;

Deno.test("a direct upload is visible while it grows, and stays as far as it came", async () => {
  await using disk = await openTrialDisk(DIRECT);
  const { storage } = disk;
  {
    await using upload = await storage.write(at("/f"), { mode: "replace" });
    await upload.write(bytes("half"));
    assert.equal(await get(storage, "/f"), "half");
  }
  assert.equal(await get(storage, "/f"), "half");
  assert.equal(await storage.unfinished(at("/f")), undefined);
  assert.deepEqual(disk.waiting(), []);
  await put(storage, "/f", " a file", { mode: "replace", offset: 4 });
  await put(storage, "/f", "!", { mode: "append" });
  assert.equal(await get(storage, "/f"), "half a file!");
  await put(storage, "/f", "new");
  assert.equal(await get(storage, "/f"), "new");
});

Deno.test("a direct upload keeps to modes and offsets like any other", async () => {
  await using disk = await openTrialDisk(DIRECT);
  const { storage } = disk;
  await failsAs("bad-restart", storage.write(at("/f"), { mode: "replace", offset: 1 }));
  await put(storage, "/f", "four", { mode: "append" });
  await failsAs("bad-restart", storage.write(at("/f"), { mode: "replace", offset: 5 }));
  await failsAs("exists", storage.write(at("/f"), { mode: "create" }));
  await put(storage, "/g", "new", { mode: "create", digest: "CRC32" });
  assert.equal(await storage.digest(at("/g"), "CRC32"), await storage.digest(at("/g"), "CRC32"));
  await using one = await storage.write(at("/f"), { mode: "append" });
  await failsAs("busy", storage.write(at("/f"), { mode: "replace" }));
  await one.write(bytes("!!"));
  await one.discard();
  assert.equal(await get(storage, "/f"), "four");
});

Deno.test("what was left unfinished by atomic uploads is carried on where SIZE speaks of it", async () => {
  await using disk = await openTrialDisk();
  await interrupt(disk.storage, "/f", "one ");
  const direct = await disk.reopen(DIRECT);
  assert.equal(await direct.unfinished(at("/f")), 4);
  await put(direct, "/f", "two", { mode: "replace", offset: 4 });
  assert.equal(await get(direct, "/f"), "one two");
});

Deno.test("a direct upload is flushed, file and directory, before it is done", async () => {
  const failing = new FailingFiles();
  await using disk = await openTrialDisk({ ...DIRECT, files: failing.files });
  const before = failing.calls.length;
  await put(disk.storage, "/f", "content");
  const calls = failing.calls.slice(before);
  assert.deepEqual(calls.slice(-3), ["append", "sync", "syncDirectory"]);
  for (let step = 1; step <= calls.length; step++) {
    failing.failAt(step, "EIO");
    await failsAs("host-failure", put(disk.storage, "/f", "other"));
  }
  await put(disk.storage, "/f", "other");
});

Deno.test("a link put in the way of a direct upload is noticed before a byte is written", async () => {
  await using disk = await openTrialDisk();
  await Deno.writeTextFile(disk.outside("secret"), "untouched");
  await put(disk.storage, "/f", "mine");
  const storage = await disk.reopen({
    ...DIRECT,
    files: {
      ...hostFiles,
      openToWrite(path, how) {
        Deno.removeSync(path);
        Deno.symlinkSync(disk.outside("secret"), path);
        return hostFiles.openToWrite(path, how);
      },
    },
  });
  await failsAs("busy", storage.write(at("/f"), { mode: "replace" }));
  assert.equal(await Deno.readTextFile(disk.outside("secret")), "untouched");
});

Deno.test("a direct upload over the quota ends at the limit, and one announced too large never begins", async () => {
  await using trial = await TrialQuota.open({ bytes: 10, files: 2 }, DIRECT);
  const { storage } = trial;
  await put(storage, "/f", "old");
  for (const name of ["/f", "/g"]) {
    await failsAs("over-quota", storage.write(at(name), { mode: "replace", announcedSize: 11 }));
  }
  assert.equal(await get(storage, "/f"), "old");
  assert.deepEqual(await names(storage), ["f"]);
  await put(storage, "/f", "0123456789");
  await failsAs("over-quota", put(storage, "/f", "!", { mode: "append" }));
  await failsAs("over-quota", put(storage, "/f", ["012345", "6789!"]));
  assert.equal(await get(storage, "/f"), "012345");
  assert.deepEqual((await storage.quota())?.used, { bytes: 6, files: 1 });
});

Deno.test("a direct upload whose file is moved or removed meanwhile is counted where it went", async () => {
  await using trial = await TrialQuota.open({ bytes: 100 }, DIRECT);
  const { storage } = trial;
  for (const gone of [true, false]) {
    await using upload = await storage.write(at("/f"), { mode: "replace" });
    await upload.write(bytes("content"));
    if (gone) await storage.removeFile(at("/f"));
    else await storage.rename(at("/f"), at("/g"));
    await upload.write(bytes(" and more"));
    await upload.commit();
    assert.deepEqual((await storage.quota())?.used, await trial.counted());
  }
});
