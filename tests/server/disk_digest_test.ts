// Digests on the disk: computed on the way in, remembered, and never those of another content.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { DigestCache, isSettled } from "../../server/storage/digest_cache.ts";
import type { HashAlgorithm } from "../../shared/hash.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { countingFiles, readThrough, trialStat } from "../support/read_files.ts";
import { at, bytes, failsAs, patternBytes, put } from "../support/storage_steps.ts";
import { openTrialDisk } from "../support/trial_disk.ts";

const sha1 = (content: string | Uint8Array) => createHash("sha1").update(content).digest("hex");

Deno.test("a digest computed on the way in costs no read, even after its time was set", async () => {
  const { files, bytesRead } = countingFiles();
  await using disk = await openTrialDisk({ files });
  await put(disk.storage, "/f", "content", { mode: "replace", digest: "SHA-1" });
  assert.equal(await disk.storage.digest(at("/f"), "SHA-1"), sha1("content"));
  await disk.storage.setModified(at("/f"), 1_000_000_000_000);
  await disk.storage.rename(at("/f"), at("/g"));
  assert.equal(await disk.storage.digest(at("/g"), "SHA-1"), sha1("content"));
  assert.equal(bytesRead(), 0);
});

Deno.test("a digest is read once for a file that rests, each time for one that may change", async () => {
  const { files, bytesRead } = countingFiles();
  await using disk = await openTrialDisk({ files });
  await put(disk.storage, "/f", "content");
  for (const expected of [7, 14]) {
    assert.equal(await disk.storage.digest(at("/f"), "SHA-1"), sha1("content"));
    assert.equal(bytesRead(), expected);
  }
  await disk.storage.setModified(at("/f"), Date.now() - 60_000);
  for (let time = 0; time < 2; time++) {
    assert.equal(await disk.storage.digest(at("/f"), "SHA-1"), sha1("content"));
    assert.equal(bytesRead(), 21);
  }
});

/** Reads a file from an offset to its end, in pieces of five bytes. */
async function drain(storage: Storage, from: number, digest?: HashAlgorithm): Promise<void> {
  await using file = await storage.read(at("/f"), from, digest);
  const buffer = new Uint8Array(5);
  while (await file.read(buffer) !== null);
}

Deno.test("a digest computed on the way out costs no second read", async () => {
  const { files, bytesRead } = countingFiles();
  await using disk = await openTrialDisk({ files });
  await put(disk.storage, "/f", "content");
  await disk.storage.setModified(at("/f"), Date.now() - 60_000);
  await drain(disk.storage, 0, "SHA-1");
  assert.equal(await disk.storage.digest(at("/f"), "SHA-1"), sha1("content"));
  assert.equal(bytesRead(), 7);
});

Deno.test("a part that was read and a file that still may change leave no digest behind", async () => {
  const { files, bytesRead } = countingFiles();
  await using disk = await openTrialDisk({ files });
  await put(disk.storage, "/f", "content");
  await drain(disk.storage, 0, "SHA-1");
  assert.equal(await disk.storage.digest(at("/f"), "SHA-1"), sha1("content"));
  assert.equal(bytesRead(), 14);
  await disk.storage.setModified(at("/f"), Date.now() - 60_000);
  await drain(disk.storage, 3, "SHA-1");
  assert.equal(await disk.storage.digest(at("/f"), "SHA-1"), sha1("content"));
  assert.equal(bytesRead(), 25);
});

Deno.test("a file that changes while it is read leaves no digest behind, though its old time is set again", async () => {
  await using disk = await openTrialDisk();
  await put(disk.storage, "/f", "content");
  const before = new Date(Date.now() - 60_000);
  await Deno.utime(disk.inRoot("f"), before, before);
  {
    await using file = await disk.storage.read(at("/f"), 0, "SHA-1");
    const buffer = new Uint8Array(5);
    await file.read(buffer);
    await Deno.writeTextFile(disk.inRoot("f"), "CONTENT", { create: false });
    await file.read(buffer);
  }
  await Deno.utime(disk.inRoot("f"), before, before);
  assert.equal(await disk.storage.digest(at("/f"), "SHA-1"), sha1("CONTENT"));
});

for (const how of ["read", "digested"] as const) {
  Deno.test(`a file that changed within one tick of its clock while it was ${how} leaves no digest behind`, async () => {
    // Not settled when it is opened, and settled when the last byte is read.
    const tickMs = Date.now() - 1000;
    let change = () => {};
    const files = readThrough(async (file, into, position) => {
      const count = await file.read(into, position);
      change();
      while (Date.now() <= tickMs + 2100) await new Promise((resolve) => setImmediate(resolve));
      return count;
    });
    await using disk = await openTrialDisk({ files });
    await put(disk.storage, "/f", "content");
    await disk.storage.setModified(at("/f"), tickMs);
    change = () => {
      Deno.writeTextFileSync(disk.inRoot("f"), "CONTENT", { create: false });
      Deno.utimeSync(disk.inRoot("f"), new Date(tickMs), new Date(tickMs));
    };
    if (how === "read") await drain(disk.storage, 0, "SHA-1");
    else await disk.storage.digest(at("/f"), "SHA-1");
    assert.equal(await disk.storage.digest(at("/f"), "SHA-1"), sha1("CONTENT"));
  });
}

Deno.test("what another program writes in place shows in the digest", async () => {
  await using disk = await openTrialDisk();
  const digest = () => disk.storage.digest(at("/f"), "SHA-1");
  await put(disk.storage, "/f", "one", { mode: "replace", digest: "SHA-1" });
  assert.equal(await digest(), sha1("one"));
  const modified = (await disk.storage.stat(at("/f"))).modifiedMs;
  for (const content of ["two", "ten", "six"]) {
    await Deno.writeTextFile(disk.inRoot("f"), content, { create: false });
    assert.equal(await digest(), sha1(content));
  }
  await disk.storage.setModified(at("/f"), modified);
  assert.equal(await digest(), sha1("six"), "the time of the first content says nothing");
});

for (const uploads of ["atomic", "direct"] as const) {
  Deno.test(`${uploads}: a file digested on the way in is dated before the moment it is seen`, async () => {
    await using disk = await openTrialDisk({ uploads });
    await using upload = await disk.storage.write(at("/f"), { mode: "replace", digest: "MD5" });
    await upload.write(bytes("one"));
    const written = uploads === "direct" ? disk.inRoot("f") : disk.inUploads(disk.waiting()[1]!);
    const writtenMs = (await Deno.stat(written)).mtime!.getTime();
    const { modifiedMs } = await upload.commit();
    assert.ok(modifiedMs < writtenMs, "what is written in the same tick must not look the same");
    assert.ok(modifiedMs > writtenMs - 1000);
  });
}

Deno.test("storages of one worker share their digests", async () => {
  const { files, bytesRead } = countingFiles();
  const digests = new DigestCache();
  await using disk = await openTrialDisk({ files, digests });
  await put(disk.storage, "/f", "x", { mode: "replace", digest: "MD5" });
  const other = await disk.reopen();
  await other.digest(at("/f"), "MD5");
  assert.equal(bytesRead(), 0);
});

Deno.test("the cache keeps what was used last, up to its limit", () => {
  const cache = new DigestCache(2);
  const [one, two, three] = [1, 2, 3].map((inode) => trialStat({ inode }));
  cache.set(one!, "MD5", "a");
  cache.set(two!, "MD5", "b");
  assert.equal(cache.get(one!, "MD5"), "a");
  cache.set(three!, "MD5", "c");
  assert.equal(cache.get(two!, "MD5"), undefined);
  assert.equal(cache.get(one!, "MD5"), "a");
  assert.equal(cache.get(one!, "SHA-1"), undefined);
  for (const change of [{ size: 9 }, { modifiedMs: 9 }, { device: 9 }, { inode: 9 }]) {
    assert.equal(cache.get({ ...one!, ...change }, "MD5"), undefined);
  }
});

Deno.test("a file is settled when its clock has moved on", () => {
  assert.equal(isSettled(trialStat({ modifiedMs: 10_000 }), 11_000), false);
  assert.equal(isSettled(trialStat({ modifiedMs: 10_000 }), 13_000), true);
  assert.equal(isSettled(trialStat({ modifiedMs: 20_000 }), 13_000), false);
});

Deno.test("digest and copy of a long file stop when they are aborted half-way", async () => {
  await using disk = await openTrialDisk();
  await put(disk.storage, "/f", patternBytes(2_000_000));
  const stop = new AbortController();
  const { signal } = stop;
  const files = readThrough((file, into, position) => {
    if (position > 500_000) stop.abort("the peer said so");
    return file.read(into, position);
  });
  const storage = await disk.reopen({ files });
  await failsAs("aborted", storage.digest(at("/f"), "MD5", { signal }));
  await failsAs("aborted", storage.write(at("/f"), { mode: "append", signal }));
  assert.deepEqual(disk.waiting(), []);
});

Deno.test("a file that grows is read to the size it was opened with", async () => {
  await using disk = await openTrialDisk();
  await put(disk.storage, "/f", "four");
  await using file = await disk.storage.read(at("/f"), 1);
  await Deno.writeTextFile(disk.inRoot("f"), " and more", { append: true });
  assert.equal(await file.read(new Uint8Array(64)), 3);
  assert.equal(await file.read(new Uint8Array(64)), null);
});

Deno.test("a file that shrinks while it is read is not passed off as whole", async () => {
  await using disk = await openTrialDisk();
  await put(disk.storage, "/f", "a long content");
  await using file = await disk.storage.read(at("/f"), 0);
  await Deno.truncate(disk.inRoot("f"), 4);
  assert.equal(await file.read(new Uint8Array(64)), 4);
  await failsAs("host-failure", file.read(new Uint8Array(64)));
});
