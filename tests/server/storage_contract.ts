// The rules of the Storage interface, but for uploads, as tests that any backend must pass.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { HASH_ALGORITHMS } from "../../shared/hash.ts";
import { ROOT } from "../../shared/virtual_path.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { assertSameBytes } from "../support/same_bytes.ts";
import { assertDirectoryPowers, assertFilePowers } from "../support/storage_powers.ts";
import {
  at,
  entries,
  failsAs,
  get,
  getBytes,
  interrupt,
  names,
  patternBytes,
  put,
} from "../support/storage_steps.ts";

/** A storage to try the rules on; disposing of it leaves nothing behind. */
export interface StorageOnTrial extends AsyncDisposable {
  readonly storage: Storage;
}

/** Registers a test for every rule about what is there, on storages that `open` makes, empty. */
export function storageContract(backend: string, open: () => Promise<StorageOnTrial>): void {
  const rule = rulesFor(backend, open);
  lookingRules(rule);
  readingRules(rule);
  nameRules(rule);
  powerRules(rule);
  digestRules(rule);
}

/** A way to register rules, each on a storage of its own. */
export function rulesFor(backend: string, open: () => Promise<StorageOnTrial>): Rule {
  return (sentence, body) =>
    Deno.test(`${backend}: ${sentence}`, async () => {
      await using trial = await open();
      await body(trial.storage);
    });
}

/** Registers one rule. */
export type Rule = (sentence: string, body: (storage: Storage) => Promise<void>) => void;

function lookingRules(rule: Rule) {
  rule("the root is an empty directory at first", async (storage) => {
    const root = await storage.stat(ROOT);
    assert.equal(root.name, "/");
    assert.equal(root.type, "directory");
    assert.deepEqual(await names(storage), []);
  });
  rule("an entry tells name, type, size and time", async (storage) => {
    const before = Date.now();
    await storage.createDirectory(at("/d"));
    await put(storage, "/d/f", "four");
    const file = await storage.stat(at("/d/f"));
    assert.equal(file.name, "f");
    assert.equal(file.type, "file");
    assert.equal(file.size, 4);
    assert.ok(Math.abs(file.modifiedMs - before) < 60_000);
    const directory = await storage.stat(at("/d"));
    assert.equal(directory.type, "directory");
    assert.equal(directory.size, 0);
    assert.ok(file.unique === undefined || file.unique !== directory.unique);
  });
  rule("a listing tells what stat tells", async (storage) => {
    await storage.createDirectory(at("/d"));
    for (const name of ["a b", "ü", "文件", "-l", ".hidden"]) {
      await put(storage, `/d/${name}`, name);
    }
    const listed = await entries(storage, "/d");
    assert.equal(listed.length, 5);
    for (const entry of listed) {
      assert.deepEqual(entry, await storage.stat(at(`/d/${entry.name}`)));
    }
  });
  rule("what is not there has neither entry nor listing", async (storage) => {
    await put(storage, "/f", "x");
    for (const path of ["/nothing", "/nothing/below", "/f/below"]) {
      await failsAs("not-found", storage.stat(at(path)));
      await failsAs("not-found", entries(storage, path));
      await failsAs("not-found", Array.fromAsync(storage.names(at(path))));
    }
  });
  rule("a file has no listing", async (storage) => {
    await put(storage, "/f", "x");
    await failsAs("not-a-directory", entries(storage, "/f"));
    await failsAs("not-a-directory", Array.fromAsync(storage.names(at("/f"))));
  });
  for (const what of ["list", "names"] as const) {
    rule(`${what} stops when it is aborted`, async (storage) => {
      for (const name of "abcd") await put(storage, `/${name}`, name);
      const stop = new AbortController();
      let batches = 0;
      await failsAs(
        "aborted",
        (async () => {
          for await (const batch of storage[what](ROOT, stop.signal)) {
            assert.ok(batch.length > 0 && batch.length < 4);
            batches++;
            stop.abort();
          }
        })(),
      );
      assert.equal(batches, 1);
    });
  }
  rule("names are those of the entries, however many there are", async (storage) => {
    const all: string[] = [];
    for (let count = 0; count < 10; count++) {
      assert.deepEqual(await names(storage), all);
      await put(storage, `/${count}`, "x");
      all.push(`${count}`);
    }
  });
  rule("space is a number of bytes", async (storage) => {
    const space = await storage.space();
    assert.ok(Number.isSafeInteger(space) && space > 0);
  });
}

function readingRules(rule: Rule) {
  rule("what was written is read, from any offset to the end", async (storage) => {
    const content = patternBytes(300_000);
    await put(storage, "/f", content);
    for (const offset of [0, 1, 65_536, 299_999, 300_000]) {
      assertSameBytes(await getBytes(storage, "/f", offset), content.slice(offset));
    }
  });
  rule("reading beyond the end, a directory or nothing is refused", async (storage) => {
    await put(storage, "/f", "four");
    await storage.createDirectory(at("/d"));
    await failsAs("bad-restart", storage.read(at("/f"), 5));
    await failsAs("is-a-directory", storage.read(at("/d"), 0));
    await failsAs("is-a-directory", storage.read(ROOT, 0));
    await failsAs("not-found", storage.read(at("/g"), 0));
  });
  rule("an open file stays what it was when it is replaced or removed", async (storage) => {
    await put(storage, "/f", "old content");
    await using file = await storage.read(at("/f"), 0);
    await put(storage, "/f", "new");
    await storage.removeFile(at("/f"));
    const buffer = new Uint8Array(64);
    const count = await file.read(buffer);
    assert.equal(new TextDecoder().decode(buffer.subarray(0, count ?? 0)), "old content");
    assert.equal(await file.read(buffer), null);
    assert.equal(file.entry.size, 11);
  });
}

function nameRules(rule: Rule) {
  rule("directories are made one at a time and removed when empty", async (storage) => {
    await storage.createDirectory(at("/d"));
    await storage.createDirectory(at("/d/e"));
    await failsAs("exists", storage.createDirectory(at("/d")));
    await failsAs("exists", storage.createDirectory(ROOT));
    await failsAs("not-found", storage.createDirectory(at("/no/e")));
    await failsAs("bad-name", storage.createDirectory(at("/" + "ü".repeat(128))));
    await failsAs("not-empty", storage.removeDirectory(at("/d")));
    await storage.removeDirectory(at("/d/e"));
    await storage.removeDirectory(at("/d"));
    assert.deepEqual(await names(storage), []);
  });
  rule("a file goes as a file, a directory as a directory, the root never", async (storage) => {
    await storage.createDirectory(at("/d"));
    await put(storage, "/f", "x");
    await failsAs("is-a-directory", storage.removeFile(at("/d")));
    await failsAs("not-a-directory", storage.removeDirectory(at("/f")));
    await failsAs("not-found", storage.removeFile(at("/no")));
    await failsAs("not-found", storage.removeDirectory(at("/no")));
    await failsAs("denied", storage.removeDirectory(ROOT));
    await failsAs("denied", storage.rename(ROOT, at("/r")));
    await storage.removeFile(at("/f"));
    assert.deepEqual(await names(storage), ["d"]);
  });
  rule("a name moves with all that is below it", async (storage) => {
    await storage.createDirectory(at("/d"));
    await storage.createDirectory(at("/e"));
    await put(storage, "/d/f", "x");
    await storage.rename(at("/d"), at("/e/d"));
    assert.equal(await get(storage, "/e/d/f"), "x");
    await storage.rename(at("/e/d/f"), at("/g"));
    assert.deepEqual(await names(storage), ["e", "g"]);
  });
  rule("a renamed file replaces a file, nothing else replaces anything", async (storage) => {
    await storage.createDirectory(at("/d"));
    await storage.createDirectory(at("/empty"));
    await put(storage, "/f", "new");
    await put(storage, "/g", "old");
    await storage.rename(at("/f"), at("/g"));
    assert.equal(await get(storage, "/g"), "new");
    await storage.rename(at("/g"), at("/g"));
    await failsAs("exists", storage.rename(at("/g"), at("/d")));
    await failsAs("exists", storage.rename(at("/d"), at("/empty")));
    await failsAs("exists", storage.rename(at("/d"), at("/g")));
    await failsAs("not-found", storage.rename(at("/no"), at("/h")));
    await failsAs("not-found", storage.rename(at("/g"), at("/no/h")));
    await failsAs("bad-name", storage.rename(at("/g"), at("/" + "n".repeat(256))));
    await failsAs("denied", storage.rename(at("/d"), at("/d/below")));
    assert.deepEqual(await names(storage), ["d", "empty", "g"]);
  });
  rule("the time of change can be set, or is said to be unsupported", async (storage) => {
    await put(storage, "/f", "x");
    const modifiedMs = Date.UTC(2001, 1, 3, 4, 5, 6);
    const set = (path: string) => storage.setModified(at(path), modifiedMs);
    if (!storage.abilities.setModified) return await failsAs("unsupported", set("/f"));
    await set("/f");
    assert.equal((await storage.stat(at("/f"))).modifiedMs, modifiedMs);
    await failsAs("not-found", set("/no"));
    await storage.createDirectory(at("/d"));
    await set("/d");
    assert.equal((await storage.stat(at("/d"))).modifiedMs, modifiedMs);
  });
  rule("permission bits can be set, or are said to be unsupported", async (storage) => {
    await put(storage, "/f", "x");
    const set = (path: string, mode: number) => storage.setMode(at(path), mode);
    if (!storage.abilities.setMode) return await failsAs("unsupported", set("/f", 0o640));
    assert.equal(await set("/f", 0o640), 0o640);
    assert.equal((await storage.stat(at("/f"))).mode, 0o640);
    assert.equal(await set("/f", 0o4000), 0o400);
    assert.equal(await get(storage, "/f"), "x");
    await storage.createDirectory(at("/d"));
    assert.equal(await set("/d", 0), 0o500);
    assert.deepEqual(await names(storage, "/d"), []);
    await failsAs("not-found", set("/no", 0o640));
  });
}

function powerRules(rule: Rule) {
  rule("what is said to be allowed is done, and what is not is refused", async (storage) => {
    await storage.createDirectory(at("/d"));
    await put(storage, "/d/f", "x");
    await put(storage, "/f", "x");
    const all = { read: true, list: true, overwrite: true, fill: true, empty: true };
    assert.deepEqual(storage.powers(at("/f")), { ...all, remove: true, rename: true });
    assert.deepEqual(storage.powers(ROOT), { ...all, remove: false, rename: false });
    await assertDirectoryPowers(storage, "/d");
    await assertDirectoryPowers(storage, "/");
    await put(storage, "/g", "x");
    await assertFilePowers(storage, "/g");
  });
  rule("what is allowed is said of what is not there as well", (storage) => {
    assert.equal(storage.powers(at("/no/such/name")).overwrite, true);
    return Promise.resolve();
  });
}

function digestRules(rule: Rule) {
  const expected = (algorithm: string, content: string) =>
    createHash(algorithm.toLowerCase().replace("-", "")).update(content).digest("hex");

  rule("a digest is that of the bytes, whole or a range", async (storage) => {
    await put(storage, "/f", "some content");
    for (const algorithm of HASH_ALGORITHMS) {
      if (algorithm === "CRC32") continue;
      assert.equal(await storage.digest(at("/f"), algorithm), expected(algorithm, "some content"));
      const part = await storage.digest(at("/f"), algorithm, { range: { start: 5, end: 8 } });
      assert.equal(part, expected(algorithm, "con"));
    }
    assert.equal(
      await storage.digest(at("/f"), "CRC32", { range: { start: 12, end: 12 } }),
      "00000000",
    );
    await put(storage, "/nine", "123456789");
    assert.equal(await storage.digest(at("/nine"), "CRC32"), "cbf43926");
  });
  rule("a digest is never that of an older content", async (storage) => {
    await put(storage, "/f", "one", { mode: "replace", digest: "MD5" });
    assert.equal(await storage.digest(at("/f"), "MD5"), expected("MD5", "one"));
    await put(storage, "/f", "two", { mode: "replace" });
    assert.equal(await storage.digest(at("/f"), "MD5"), expected("MD5", "two"));
    await put(storage, "/g", "three", { mode: "replace", digest: "MD5" });
    await storage.rename(at("/g"), at("/f"));
    assert.equal(await storage.digest(at("/f"), "MD5"), expected("MD5", "three"));
  });
  rule("the digest computed on the way in is that of the whole file", async (storage) => {
    const digest = "SHA-256";
    await put(storage, "/f", ["one ", "two"], { mode: "replace", digest });
    assert.equal(await storage.digest(at("/f"), digest), expected(digest, "one two"));
    await put(storage, "/f", " three", { mode: "append", digest });
    assert.equal(await storage.digest(at("/f"), digest), expected(digest, "one two three"));
    await put(storage, "/f", "2", { mode: "replace", offset: 4, digest });
    assert.equal(await storage.digest(at("/f"), digest), expected(digest, "one 2"));
    await interrupt(storage, "/g", "one ", { mode: "replace", digest });
    await put(storage, "/g", "two", { mode: "replace", offset: 4, digest });
    assert.equal(await storage.digest(at("/g"), digest), expected(digest, "one two"));
  });
  rule("where there is no file, an unfinished upload has a digest", async (storage) => {
    await interrupt(storage, "/f", "half a file");
    assert.equal(await storage.digest(at("/f"), "SHA-1"), expected("SHA-1", "half a file"));
    const part = await storage.digest(at("/f"), "SHA-1", { range: { start: 0, end: 4 } });
    assert.equal(part, expected("SHA-1", "half"));
  });
  rule("a digest of nothing, of a directory or beyond the end is refused", async (storage) => {
    await put(storage, "/f", "four");
    await failsAs("not-found", storage.digest(at("/no"), "MD5"));
    await failsAs("is-a-directory", storage.digest(ROOT, "MD5"));
    await failsAs("bad-restart", storage.digest(at("/f"), "MD5", { range: { start: 0, end: 5 } }));
    await failsAs("bad-restart", storage.digest(at("/f"), "MD5", { range: { start: 3, end: 2 } }));
  });
  rule("a digest stops when it is aborted", async (storage) => {
    await put(storage, "/f", patternBytes(1_000_000));
    const signal = AbortSignal.abort("enough");
    await failsAs("aborted", storage.digest(at("/f"), "MD5", { signal }));
  });
}
