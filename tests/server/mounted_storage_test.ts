// Folders from elsewhere in an account's tree: seen, used, never moved, never mixed up.

import assert from "node:assert/strict";
import { MountedStorage } from "../../server/storage/mounted_storage.ts";
import { PermittedStorage, rightsOf } from "../../server/storage/permitted_storage.ts";
import { isFault } from "../../shared/fault.ts";
import { MemoryStorage } from "../support/memory_storage.ts";
import { assertDirectoryPowers, assertFilePowers } from "../support/storage_powers.ts";
import { at, failsAs, get, interrupt, names, put } from "../support/storage_steps.ts";
import { storageContract, type StorageOnTrial } from "./storage_contract.ts";
import { uploadContract } from "./upload_contract.ts";

storageContract("mounted", openUnmounted);
uploadContract("mounted", openUnmounted);

function openUnmounted(): Promise<StorageOnTrial> {
  const storage = new MountedStorage(new MemoryStorage(), []);
  return Promise.resolve({ storage, [Symbol.asyncDispose]: () => Promise.resolve() });
}

/** `/pub` and `/a/b/deep` are mounted; each storage has a file `f` that says where it is. */
async function mounted() {
  const [root, pub, deep] = [
    new MemoryStorage({ bytes: 100 }),
    new MemoryStorage(),
    new MemoryStorage(),
  ];
  await put(root, "/f", "root");
  await put(pub, "/f", "pub");
  await put(deep, "/f", "deep");
  const mounts = [
    { path: at("/pub"), storage: pub },
    { path: at("/a/b/deep"), storage: deep },
  ];
  return { root, pub, deep, storage: new MountedStorage(root, mounts) };
}

Deno.test("a mount is a directory among others, and so is the way to it", async () => {
  const { storage, root } = await mounted();
  await root.createDirectory(at("/pub"));
  await put(root, "/pub/covered", "x");
  assert.deepEqual(await names(storage), ["a", "f", "pub"]);
  assert.deepEqual(await names(storage, "/a"), ["b"]);
  assert.deepEqual(await names(storage, "/a/b"), ["deep"]);
  assert.deepEqual(await names(storage, "/pub"), ["f"]);
  for (const path of ["/pub", "/a", "/a/b/deep"]) {
    const entry = await storage.stat(at(path));
    assert.equal(entry.type, "directory");
    assert.equal(`/${entry.name}`, path.slice(path.lastIndexOf("/")));
  }
  assert.deepEqual(await names(storage, "/a/b/deep"), ["f"]);
});

Deno.test("everything goes where it belongs", async () => {
  const { storage, root, pub, deep } = await mounted();
  for (
    const [path, content] of [["/f", "root"], ["/pub/f", "pub"], ["/a/b/deep/f", "deep"]] as const
  ) {
    assert.equal(await get(storage, path), content);
  }
  await put(storage, "/pub/new", "x");
  await storage.createDirectory(at("/a/b/deep/d"));
  await storage.rename(at("/a/b/deep/f"), at("/a/b/deep/d/g"));
  await storage.removeFile(at("/pub/f"));
  assert.deepEqual(await names(pub), ["new"]);
  assert.deepEqual(await names(deep, "/d"), ["g"]);
  assert.deepEqual(await names(root), ["f"]);
  assert.deepEqual((await storage.quota())?.used, { bytes: 4, files: 1 });
});

Deno.test("a mount and the way to it cannot be moved, removed, made or written over", async () => {
  const { storage } = await mounted();
  for (const path of ["/pub", "/a", "/a/b", "/a/b/deep"]) {
    await failsAs("denied", storage.rename(at(path), at("/other")));
    await failsAs("denied", storage.rename(at("/f"), at(path)));
    await failsAs("denied", storage.removeDirectory(at(path)));
    await failsAs("exists", storage.createDirectory(at(path)));
    await failsAs("is-a-directory", storage.write(at(path), { mode: "replace" }));
  }
  await failsAs("unsupported", storage.rename(at("/f"), at("/pub/f2")));
});

Deno.test("unfinished uploads are known by their path in the whole tree", async () => {
  const { storage } = await mounted();
  await interrupt(storage, "/f", "one");
  await interrupt(storage, "/pub/f", "three");
  const pending = await Array.fromAsync(
    storage.pending(),
    ({ path, received }) => [path, received],
  );
  assert.deepEqual(pending.sort(), [["/f", 3], ["/pub/f", 5]]);
  await storage.forget(at("/pub/f"));
  assert.equal(await storage.unfinished(at("/pub/f")), undefined);
  assert.equal(await storage.unfinished(at("/f")), 3);
});

Deno.test("a fault names the path that was asked for", async () => {
  const { storage } = await mounted();
  const fault = await storage.read(at("/pub/nothing"), 0).catch((error) => error);
  assert.ok(isFault(fault, "not-found"));
  assert.equal(fault.about, "/pub/nothing");
});

Deno.test("what may be done in a mount is the mounted storage's to say", async () => {
  const [root, shown, team] = [new MemoryStorage(), new MemoryStorage(), new MemoryStorage()];
  for (const storage of [root, shown, team]) await put(storage, "/f", "x");
  const storage = new MountedStorage(root, [
    { path: at("/shown"), storage: new PermittedStorage(shown, rightsOf("rl")) },
    { path: at("/a/team"), storage: team },
  ]);
  for (const path of ["/shown/f", "/a/team/f", "/f"]) await assertFilePowers(storage, path);
  await put(team, "/f", "x");
  for (const path of ["/shown", "/a/team"]) await assertDirectoryPowers(storage, path);
  const { rename, remove } = storage.powers(at("/a"));
  assert.deepEqual({ rename, remove }, { rename: false, remove: false });
});
