// Digests that outlive the server: found again, never stale whichever worker asks, bounded, expendable.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { StoredDigests } from "../../server/storage/stored_digests.ts";
import { readThrough, trialStat } from "../support/read_files.ts";
import { at, put } from "../support/storage_steps.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";
import { openTrialDisk, type TrialDisk } from "../support/trial_disk.ts";

const sha1 = (content: string) => createHash("sha1").update(content).digest("hex");

/** Files whose content nobody may read: what is told of them must have been known. */
const unread = readThrough(() => Promise.reject(new Error("it was read")));

function open(disk: TrialDisk): StoredDigests {
  return StoredDigests.open(join(disk.options.home, ".ftp", "digests.db"));
}

Deno.test("a digest is known after a restart, without a read", async () => {
  await using disk = await openTrialDisk();
  {
    using digests = open(disk);
    const storage = await disk.reopen({ digests });
    await put(storage, "/f", "content", { mode: "replace", digest: "SHA-1" });
  }
  using digests = open(disk);
  const storage = await disk.reopen({ digests, files: unread });
  assert.equal(await storage.digest(at("/f"), "SHA-1"), sha1("content"));
  await assert.rejects(storage.digest(at("/f"), "MD5"));
});

Deno.test("what one worker takes back no other serves", async () => {
  await using disk = await openTrialDisk();
  using one = open(disk);
  using other = open(disk);
  const [here, there] = [
    await disk.reopen({ digests: one }),
    await disk.reopen({ digests: other }),
  ];
  const longAgo = Date.UTC(2001, 1, 3);
  await put(here, "/f", "one", { mode: "replace", digest: "SHA-1" });
  await here.setModified(at("/f"), longAgo);
  assert.equal(await there.digest(at("/f"), "SHA-1"), sha1("one"));
  // In place, by another program: the same inode, size and, once it is set, time.
  await Deno.writeTextFile(disk.inRoot("f"), "two", { create: false });
  await here.setModified(at("/f"), longAgo);
  for (const storage of [here, there]) {
    assert.equal(await storage.digest(at("/f"), "SHA-1"), sha1("two"));
  }
});

Deno.test("the oldest digests go when there are too many", async () => {
  await using directory = await temporaryDirectory();
  using digests = StoredDigests.open(join(directory.path, "digests.db"), 50);
  for (let inode = 1; inode <= 200; inode++) {
    digests.set(trialStat({ inode: inode }), "MD5", `${inode}`);
  }
  assert.equal(digests.get(trialStat({ inode: 100 }), "MD5"), undefined);
  assert.equal(digests.get(trialStat({ inode: 200 }), "MD5"), "200");
  assert.equal(digests.get(trialStat({ inode: 200 }), "SHA-1"), undefined);
  const known = Array.from(
    { length: 200 },
    (_, at) => digests.get(trialStat({ inode: at + 1 }), "MD5"),
  );
  assert.equal(known.filter((digest) => digest !== undefined).length, 50);
});

Deno.test("a broken file is made anew, and one that breaks later costs digests, not answers", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "digests.db");
  await Deno.writeTextFile(path, "this was never a database, whatever it is called ".repeat(50));
  using digests = StoredDigests.open(path);
  digests.set(trialStat({ inode: 1 }), "MD5", "a");
  assert.equal(digests.get(trialStat({ inode: 1 }), "MD5"), "a");
  const closed = StoredDigests.open(path);
  closed[Symbol.dispose]();
  closed.set(trialStat({ inode: 2 }), "MD5", "b");
  assert.equal(closed.get(trialStat({ inode: 1 }), "MD5"), undefined);
});
