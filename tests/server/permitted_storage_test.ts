// What an account may do where: rights by directory, and moves that would change them.

import assert from "node:assert/strict";
import { PermittedStorage, rightsOf } from "../../server/storage/permitted_storage.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { MemoryStorage } from "../support/memory_storage.ts";
import { assertDirectoryPowers, assertFilePowers } from "../support/storage_powers.ts";
import { at, failsAs, get, interrupt, names, put } from "../support/storage_steps.ts";
import { storageContract, type StorageOnTrial } from "./storage_contract.ts";
import { uploadContract } from "./upload_contract.ts";

storageContract("permitted", openAllowed);
uploadContract("permitted", openAllowed);

function openAllowed(): Promise<StorageOnTrial> {
  const storage = new PermittedStorage(new MemoryStorage(), rightsOf("rwl"));
  return Promise.resolve({ storage, [Symbol.asyncDispose]: () => Promise.resolve() });
}

/** Files `/f` and `/<directory>/f` for each exception, and what an account with these rights sees. */
async function permitted(usual: string, exceptions: Record<string, string>): Promise<Storage> {
  const inner = new MemoryStorage();
  await put(inner, "/f", "content");
  for (const path of Object.keys(exceptions)) {
    await inner.createDirectory(at(path));
    await put(inner, `${path}/f`, "content");
  }
  const list = Object.entries(exceptions).map(([path, letters]) => ({
    path: at(path),
    rights: rightsOf(letters),
  }));
  return new PermittedStorage(inner, rightsOf(usual), list);
}

Deno.test("who may only read and list changes nothing by any call", async () => {
  const storage = await permitted("rl", {});
  await failsAs("denied", storage.write(at("/g"), { mode: "replace" }));
  await failsAs("denied", storage.removeFile(at("/f")));
  await failsAs("denied", storage.removeDirectory(at("/d")));
  await failsAs("denied", storage.createDirectory(at("/d")));
  await failsAs("denied", storage.rename(at("/f"), at("/g")));
  await failsAs("denied", storage.setModified(at("/f"), 0));
  await failsAs("denied", storage.setMode(at("/f"), 0));
  await failsAs("denied", storage.forget(at("/f")));
  assert.equal(await get(storage, "/f"), "content");
  assert.deepEqual(await names(storage), ["f"]);
});

Deno.test("what is unfinished is shown to those only who could carry it on", async () => {
  const inner = new MemoryStorage();
  await interrupt(inner, "/f", "half");
  const seenWith = (rights: string) =>
    new PermittedStorage(inner, rightsOf(rights)).unfinished(at("/f"));
  assert.deepEqual([await seenWith("rwl"), await seenWith("w")], [4, 4]);
  assert.deepEqual([await seenWith("rl"), await seenWith("")], [undefined, undefined]);
});

Deno.test("the deepest directory with rights of its own decides", async () => {
  const storage = await permitted("rl", { "/in": "rwl", "/in/closed": "rl" });
  await put(storage, "/in/g", "x");
  await failsAs("denied", storage.write(at("/in/closed/g"), { mode: "replace" }));
  await failsAs("denied", storage.write(at("/inner"), { mode: "replace" }));
  assert.equal(await get(storage, "/in/closed/f"), "content");
});

Deno.test("into a drop box files go and nothing comes out, not even whether it is there", async () => {
  const storage = await permitted("rl", { "/box": "w" });
  assert.equal((await storage.stat(at("/box"))).type, "directory");
  await interrupt(storage, "/box/mine", "half");
  assert.equal(await storage.unfinished(at("/box/mine")), 4);
  assert.equal(await storage.digest(at("/box/mine"), "CRC32"), "fb5a4121");
  await put(storage, "/box/mine", " a file", { mode: "append" });
  for (const name of ["/box/mine", "/box/f", "/box/nothing"]) {
    await failsAs("not-found", storage.stat(at(name)));
    await failsAs("denied", storage.read(at(name), 0));
  }
  await failsAs("denied", storage.digest(at("/box/f"), "CRC32"));
  await failsAs("denied", names(storage, "/box"));
  assert.deepEqual(await names(storage), ["box", "f"]);
});

Deno.test("a directory without any right is not there", async () => {
  const storage = await permitted("rwl", { "/hidden": "" });
  assert.deepEqual(await names(storage), ["f"]);
  await failsAs("not-found", storage.stat(at("/hidden")));
  await failsAs("not-found", storage.stat(at("/hidden/f")));
  await failsAs("denied", storage.createDirectory(at("/hidden")));
  await failsAs("denied", storage.rename(at("/f"), at("/hidden")));
});

Deno.test("nothing is opened by moving it, nor by moving the directory that was closed", async () => {
  const storage = await permitted("rwl", { "/box": "w", "/listed": "wl" });
  await failsAs("denied", storage.rename(at("/box/f"), at("/g")));
  await failsAs("denied", storage.rename(at("/box"), at("/open")));
  await failsAs("denied", storage.rename(at("/listed/f"), at("/g")));
  await storage.createDirectory(at("/d"));
  await storage.rename(at("/d"), at("/e"));
  await storage.rename(at("/f"), at("/e/f"));
  await storage.rename(at("/e/f"), at("/box/other"));
});

Deno.test("a directory around one with rights of its own stays where it is", async () => {
  const storage = await permitted("rwl", { "/d": "rwl", "/d/secret": "" });
  await failsAs("denied", storage.rename(at("/d"), at("/e")));
});

Deno.test("what rights allow is said before it is tried", async () => {
  const rights = { "/full": "rwl", "/box": "w", "/shown": "rl", "/names": "l", "/blind": "r" };
  for (const usual of ["rl", "rwl"]) {
    const storage = await permitted(usual, rights);
    const files = ["/f", "/full/f", "/box/f", "/shown/f", "/names/f", "/blind/f"];
    for (const path of files) await assertFilePowers(storage, path);
    for (const path of Object.keys(rights)) {
      await assertDirectoryPowers(await permitted(usual, rights), path);
    }
  }
});

Deno.test("a directory that holds one with rights of its own is said to stay where it is", async () => {
  const storage = await permitted("rwl", { "/d": "rwl", "/d/secret": "" });
  assert.equal(storage.powers(at("/d")).rename, false);
  assert.equal(storage.powers(at("/d")).fill, true);
  assert.equal(storage.powers(at("/d/f")).rename, true);
});
