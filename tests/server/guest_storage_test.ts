// Storage for strangers: they add, and nothing that is there changes, by any call.

import assert from "node:assert/strict";
import { GuestStorage } from "../../server/storage/guest_storage.ts";
import { MemoryStorage } from "../support/memory_storage.ts";
import { assertDirectoryPowers, assertFilePowers } from "../support/storage_powers.ts";
import { at, failsAs, get, interrupt, names, put } from "../support/storage_steps.ts";

/** A storage with `/f` and `/d/f`, as strangers see it. */
async function open() {
  const inner = new MemoryStorage();
  await inner.createDirectory(at("/d"));
  await put(inner, "/f", "content");
  await put(inner, "/d/f", "content");
  return { inner, storage: new GuestStorage(inner) };
}

Deno.test("strangers add files and directories, and read what is there", async () => {
  const { storage } = await open();
  await storage.createDirectory(at("/d/new"));
  await put(storage, "/d/new/g", "mine");
  assert.equal(await get(storage, "/d/new/g"), "mine");
  assert.deepEqual(await names(storage), ["d", "f"]);
});

Deno.test("strangers change nothing that is there by any call", async () => {
  const { storage } = await open();
  await failsAs("exists", put(storage, "/f", "other"));
  await failsAs("exists", put(storage, "/f", "more", { mode: "append" }));
  await failsAs("denied", put(storage, "/f", "more", { mode: "replace", offset: 3 }));
  await failsAs("denied", storage.removeFile(at("/f")));
  await failsAs("denied", storage.removeDirectory(at("/d")));
  await failsAs("denied", storage.rename(at("/f")));
  await failsAs("denied", storage.setModified(at("/f")));
  await failsAs("denied", storage.setMode(at("/f")));
  await failsAs("denied", storage.forget(at("/f")));
  assert.equal(await get(storage, "/f"), "content");
});

Deno.test("what strangers may do is said before it is tried", async () => {
  const { storage } = await open();
  await assertFilePowers(storage, "/f");
  await assertDirectoryPowers(storage, "/d");
  await assertDirectoryPowers(storage, "/");
});

Deno.test("an upload that breaks off leaves nothing for other strangers to carry on", async () => {
  const { inner, storage } = await open();
  await interrupt(storage, "/g", "half");
  assert.equal(await inner.unfinished(at("/g")), undefined);
  await interrupt(inner, "/h", "somebody's");
  assert.equal(await storage.unfinished(), undefined);
  assert.deepEqual(await Array.fromAsync(storage.pending()), []);
  await failsAs("denied", storage.digest(at("/h"), "MD5", { base: "unfinished" }));
});
