// A directory that is swapped for a link while requests run: never a byte, name or digest from outside.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { isFault } from "../../shared/fault.ts";
import { LinkSwapper } from "../support/link_swapper.ts";
import { at, entries, get, put } from "../support/storage_steps.ts";
import { openTrialDisk } from "../support/trial_disk.ts";

const nameIn = ({ name }: { readonly name: string }) => name;

/** Enough for hundreds of lost races where nothing is checked after the open. */
const ROUNDS = 4000;

Deno.test("a swapped directory never gives what is outside", async () => {
  await using disk = await openTrialDisk();
  const { storage } = disk;
  await storage.createDirectory(at("/d"));
  await put(storage, "/d/file", "inside");
  await Deno.writeTextFile(disk.outside("file"), "outside!");
  await Deno.writeTextFile(disk.outside("only outside"), "");
  await Deno.symlink(disk.outside(), disk.inRoot("link"));
  const digest = createHash("md5").update("inside").digest("hex");
  const told = { right: 0, refused: 0 };
  const attempt = async <T>(work: () => Promise<T>, ...expected: T[]) => {
    try {
      const got = await work();
      assert.ok(expected.includes(got), `got ${got}`);
      told.right++;
    } catch (error) {
      if (!isFault(error)) throw error;
      assert.ok(error.kind === "not-found" || error.kind === "busy", error.message);
      told.refused++;
    }
  };

  using swapper = new LinkSwapper({
    name: disk.inRoot("d"),
    directoryAside: disk.inRoot("aside"),
    linkAside: disk.inRoot("link"),
  });
  for (let round = 0; round < ROUNDS; round++) {
    await attempt(() => get(storage, "/d/file"), "inside");
    await attempt(async () => (await storage.stat(at("/d/file"))).size, 6);
    if (round % 4 === 0) {
      await attempt(() => storage.digest(at("/d/file"), "MD5"), digest);
      await attempt(async () => (await entries(storage, "/d")).map(nameIn).join(), "file", "");
      const named = () => Array.fromAsync(storage.names(at("/d")));
      await attempt(async () => (await named()).flat().join(), "file", "");
    }
    if (round % 64 === 0) {
      await attempt(() => storage.setModified(at("/d/file"), 1_000_000), undefined);
    }
  }
  const swaps = await swapper.stop();
  assert.ok(swaps > 100, `the swapper came to ${swaps} swaps`);
  assert.ok(told.right > 10 && told.refused > 100, JSON.stringify(told));
  assert.notEqual((await Deno.stat(disk.outside("file"))).mtime?.getTime(), 1_000_000);
});
