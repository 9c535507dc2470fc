// What is left of uploads after disconnects, crashes and restarts, and how long.

import assert from "node:assert/strict";
import { join } from "node:path";
import { hostCode } from "../../server/storage/host_fault.ts";
import { KEPT_UPLOADS } from "../../server/storage/upload_folder.ts";
import { sweepUnfinished } from "../../server/storage/upload_sweep.ts";
import { assertSameBytes } from "../support/same_bytes.ts";
import {
  at,
  bytes,
  failsAs,
  get,
  getBytes,
  interrupt,
  names,
  patternBytes,
  put,
} from "../support/storage_steps.ts";
import { FailingFiles } from "../support/failing_files.ts";
import { openTrialDisk, type TrialDisk } from "../support/trial_disk.ts";
import { UploadingProcess } from "../support/uploading_process.ts";

const DAY_MS = 24 * 3600 * 1000;

Deno.test("an unfinished upload survives a restart, for its account alone", async () => {
  await using disk = await openTrialDisk();
  await interrupt(disk.storage, "/f", "zero");
  await interrupt(disk.storage, "/f", "one ");
  assert.equal(disk.waiting().length, 2, "one part and its record");
  const again = await disk.reopen();
  assert.equal(await again.unfinished(at("/f")), 4);
  const other = await disk.reopen({ account: "bob" });
  assert.equal(await other.unfinished(at("/f")), undefined);
  await put(again, "/f", "two", { mode: "append" });
  assert.equal(await get(again, "/f"), "one two");
  assert.deepEqual(disk.waiting(), []);
});

Deno.test("its record says which path it was meant for, and since when", async () => {
  await using disk = await openTrialDisk();
  const before = Date.now();
  await disk.storage.createDirectory(at("/d"));
  await interrupt(disk.storage, "/d/文件 1", "half");
  const [record, part] = disk.waiting();
  const said = JSON.parse(await Deno.readTextFile(disk.inUploads(record ?? "")));
  assert.equal(said.path, "/d/文件 1");
  assert.equal(said.bytes, disk.inUploads(part ?? ""));
  assert.ok(said.sinceMs >= before && said.sinceMs <= Date.now());
  assert.equal(await Deno.readTextFile(said.bytes), "half");
});

Deno.test("a process killed in mid-upload leaves the old file and a resumable one", async () => {
  await using disk = await openTrialDisk();
  const content = patternBytes(3_000_000);
  await put(disk.storage, "/f", "old");
  await using process = await UploadingProcess.start(disk.options, "/f", 2_000_000);
  assert.equal(await disk.storage.unfinished(at("/f")), undefined, "it is still being written");
  await process.kill();
  const again = await disk.reopen();
  assert.equal(await get(again, "/f"), "old");
  assert.equal(await again.unfinished(at("/f")), 2_000_000);
  await put(again, "/f", content.subarray(2_000_000), {
    mode: "replace",
    offset: 2_000_000,
    base: "unfinished",
  });
  assertSameBytes(await getBytes(again, "/f"), content);
  assert.deepEqual(disk.waiting(), []);
});

Deno.test("of several killed at once the latest is carried on, the others go", async () => {
  await using disk = await openTrialDisk();
  for (const [size, age] of [[300, 3], [100, 1], [200, 2]] as const) {
    await using process = await UploadingProcess.start(disk.options, "/f", size);
    await process.kill();
    const newest = disk.waiting().filter((name) => name.endsWith(".part"))
      .map((name) => disk.inUploads(name))
      .find((path) => Deno.statSync(path).size === size);
    assert.ok(newest !== undefined);
    const when = new Date(Date.now() - age * DAY_MS);
    await Deno.utime(newest, when, when);
  }
  assert.equal(await disk.storage.unfinished(at("/f")), 100);
  await interrupt(disk.storage, "/f", "!", { mode: "append" });
  assert.equal(disk.waiting().length, 2, "one part and its record");
  assert.equal(await disk.storage.unfinished(at("/f")), 101);
});

Deno.test("an upload that another process still writes is neither resumed nor removed", async () => {
  await using disk = await openTrialDisk();
  await using process = await UploadingProcess.start(disk.options, "/f", 1000);
  await failsAs("bad-restart", disk.storage.write(at("/f"), { mode: "replace", offset: 1 }));
  await put(disk.storage, "/f", "mine");
  assert.equal(await sweepUnfinished(disk.options.home, -DAY_MS, Date.now()), 0);
  assert.equal(disk.waiting().length, 2);
  await process.commit();
  assert.equal((await disk.storage.stat(at("/f"))).size, 1000);
});

Deno.test("the sweep takes what is old and unfinished, and nothing else", async () => {
  await using disk = await openTrialDisk();
  const bob = await disk.reopen({ account: "bob" });
  await interrupt(disk.storage, "/old", "x");
  await interrupt(bob, "/old", "x");
  await using moving = await disk.storage.write(at("/moving"), { mode: "replace" });
  await moving.write(bytes("x"));
  const nowMs = Date.now() + 8 * DAY_MS;
  assert.equal(await sweepUnfinished(disk.options.home, 9 * DAY_MS, nowMs), 0);
  assert.equal(await sweepUnfinished(disk.options.home, 7 * DAY_MS, nowMs), 2);
  assert.equal(await disk.storage.unfinished(at("/old")), undefined);
  await moving.commit();
  assert.deepEqual(disk.waiting(), []);
  assert.equal(await get(disk.storage, "/moving"), "x");
  assert.equal(await sweepUnfinished(join(disk.top.path, "no such home"), 0, nowMs), 0);
});

Deno.test("an account keeps so many unfinished uploads: then the oldest that nobody writes goes", async () => {
  await using disk = await openTrialDisk();
  for (let nth = 0; nth < KEPT_UPLOADS; nth++) {
    const part = disk.inUploads(`aa-${nth}.part`);
    await Deno.writeTextFile(part, "x");
    await Deno.utime(part, nth + 1, nth + 1);
  }
  using writing = await Deno.open(disk.inUploads("aa-0.part"), { read: true, write: true });
  await writing.lock(true);
  await Deno.writeTextFile(disk.inUploads("aa-1.json"), "its record");
  await interrupt(disk.storage, "/f", "half");
  const left = new Set(disk.waiting());
  assert.deepEqual(
    ["aa-0.part", "aa-1.part", "aa-1.json", "aa-2.part"].filter((name) => left.has(name)),
    ["aa-0.part", "aa-2.part"],
  );
  assert.equal(await disk.storage.unfinished(at("/f")), 4);
  assert.equal(left.size, KEPT_UPLOADS + 1, "one of them has a record");
});

Deno.test("a sweep that fails leaves no upload open or locked", async () => {
  await using disk = await openTrialDisk();
  await interrupt(disk.storage, "/f", "half");
  const booksOf = () => Promise.reject(new Error("the books are closed"));
  const nowMs = Date.now() + DAY_MS;
  await assert.rejects(sweepUnfinished(disk.options.home, 0, nowMs, { booksOf }), /closed/);
  await put(disk.storage, "/f", " a file", { mode: "append" });
  assert.equal(await get(disk.storage, "/f"), "half a file");
});

Deno.test("an upload that cannot be removed keeps no other, and is told of", async () => {
  await using disk = await openTrialDisk();
  for (const name of ["/f", "/g", "/h"]) await interrupt(disk.storage, name, "half");
  const failing = new FailingFiles();
  failing.failAt(1, "EACCES");
  const told: unknown[] = [];
  const nowMs = Date.now() + DAY_MS;
  const removed = await sweepUnfinished(disk.options.home, 0, nowMs, {
    files: failing.files,
    onFailure: (account, error) => void told.push([account, hostCode(error)]),
  });
  assert.equal(removed, 2);
  assert.deepEqual(told, [["ann", "EACCES"]]);
  assert.equal((await Array.fromAsync(disk.storage.pending())).length, 1);
});

Deno.test("the sweep clears records and copies that crashes left", async () => {
  await using disk = await openTrialDisk();
  await Deno.writeTextFile(
    disk.inUploads("aa-1.json"),
    '{"path":"/x","sinceMs":1,"bytes":"/no/aa-1.part"}',
  );
  await Deno.writeTextFile(disk.inUploads("aa-2.json"), '{"path":');
  await Deno.writeTextFile(disk.inUploads("aa-3.copy"), "half a copy");
  await Deno.writeTextFile(disk.inUploads("aa-4.part"), "");
  assert.equal(await sweepUnfinished(disk.options.home, DAY_MS, Date.now()), 0);
  assert.equal(disk.waiting().length, 4);
  assert.equal(await sweepUnfinished(disk.options.home, DAY_MS, Date.now() + 2 * DAY_MS), 2);
  assert.deepEqual(disk.waiting(), []);
});

Deno.test("a new file has ordinary permissions, a replaced one keeps its own", async () => {
  await using disk = await openTrialDisk();
  const modeOf = async (name: string) => ((await Deno.stat(disk.inRoot(name))).mode ?? 0) & 0o7777;
  await put(disk.storage, "/new", "x");
  assert.equal(await modeOf("new"), 0o644 & ~Deno.umask());
  await Deno.chmod(disk.inRoot("new"), 0o4751);
  await put(disk.storage, "/new", "y");
  assert.equal(await modeOf("new"), 0o751);
  await put(disk.storage, "/new", "z", { mode: "append" });
  assert.equal(await modeOf("new"), 0o751);
  assert.equal(await modeOf(""), 0o700);
  const own = await Deno.stat(join(disk.options.home, ".ftp"));
  assert.equal((own.mode ?? 0) & 0o777, 0o700);
});

Deno.test("uploads to another file system wait beside their goal, unseen", async () => {
  await using disk = await openTrialDisk();
  await using elsewhere = await openOnAnotherDevice(disk);
  const { storage, root } = elsewhere;
  await storage.createDirectory(at("/d"));
  await interrupt(storage, "/d/f", "one ");
  assert.ok((await Deno.stat(join(root, ".ftp-uploads", "ann"))).isDirectory);
  assert.equal(await storage.unfinished(at("/d/f")), 4);
  await failsAs("not-found", storage.stat(at("/.ftp-uploads")));
  await failsAs("bad-name", storage.createDirectory(at("/d/.FTP-uploads")));
  assert.deepEqual(await names(storage), ["d"]);
  await put(storage, "/d/f", "two", { mode: "append" });
  assert.equal(await get(storage, "/d/f"), "one two");
  await interrupt(storage, "/d/f", "again");
  assert.equal(await sweepUnfinished(disk.options.home, 0, Date.now() + 1000), 1);
  assert.equal(await storage.unfinished(at("/d/f")), undefined);
  assert.deepEqual(disk.waiting(), []);
});

async function openOnAnotherDevice(disk: TrialDisk) {
  const root = await Deno.makeTempDir({ dir: "/dev/shm", prefix: "ftp-test-" });
  const storage = await disk.reopen({ root });
  return {
    storage,
    root,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}
