// The files an account sees by what it was given: root, limits, rights and mounts, on a real disk.

import assert from "node:assert/strict";
import { join } from "node:path";
import { openAccountStorage } from "../../server/account_storage.ts";
import type { AccountChange } from "../../server/accounts/accounts.ts";
import { DigestCache } from "../../server/storage/digest_cache.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { RecordedLog } from "../support/in_process_server.ts";
import { at, failsAs, get, interrupt, names, put } from "../support/storage_steps.ts";
import { TrialQuota } from "../support/trial_quota.ts";

/** Opens what `ann` sees after a change of her account, with folders `team` and `pub` beside hers. */
async function open(trial: TrialQuota, change: AccountChange) {
  const { home } = trial.disk.options;
  const log = new RecordedLog();
  for (const name of ["team", "pub"]) {
    await Deno.mkdir(join(home, name), { recursive: true });
    await Deno.writeTextFile(join(home, name, "f"), name);
  }
  const account = await trial.accounts.update("ann", change);
  const settings = { uploads: "atomic", symlinks: "inside", diskFloorBytes: 0 } as const;
  const world = { home, settings, books: trial.books, digests: new DigestCache(), log };
  return { storage: await openAccountStorage(account, world), log };
}

const MOUNTS = [
  { path: "/pub", directory: "pub", writable: false },
  { path: "/team", directory: "team", writable: true },
];

Deno.test("a mount is read or written as it was given, and counts for nobody", async () => {
  await using trial = await TrialQuota.open({ bytes: 10 });
  const { storage } = await open(trial, { mounts: MOUNTS });
  assert.deepEqual(await names(storage), ["pub", "team"]);
  assert.equal(await get(storage, "/pub/f"), "pub");
  await failsAs("denied", storage.write(at("/pub/g"), { mode: "replace" }));
  await put(storage, "/team/g", "more than ten bytes");
  assert.deepEqual((await storage.quota())?.used, { bytes: 0, files: 0 });
  assert.equal(
    await Deno.readTextFile(join(trial.disk.options.home, "team", "g")),
    "more than ten bytes",
  );
});

Deno.test("an unfinished upload into a mount is not one into the root", async () => {
  await using trial = await TrialQuota.open({});
  const { storage } = await open(trial, { mounts: MOUNTS });
  await interrupt(storage, "/team/h", "half");
  await interrupt(storage, "/h", "one");
  const sizes = async (
    storage: Storage,
  ) => [await storage.unfinished(at("/team/h")), await storage.unfinished(at("/h"))];
  assert.deepEqual(await sizes(storage), [4, 3]);
  await put(storage, "/h", "whole");
  assert.deepEqual(await sizes(storage), [4, undefined]);
});

Deno.test("a mount that is not there, or shows the server's own, is left out and logged", async () => {
  await using trial = await TrialQuota.open({});
  const directories = ["nothing", trial.disk.options.home, "team/f"];
  const mounts = directories.map((directory, index) => ({
    path: `/m${index}`,
    directory,
    writable: true,
  }));
  const { storage, log } = await open(trial, { mounts });
  assert.deepEqual(await names(storage), []);
  assert.deepEqual(log.lines.map(({ fields }) => fields["why"]), [
    "not-found",
    "denied",
    "not-a-directory",
  ]);
});

Deno.test("a read-only account writes where a grant lets it, and nowhere else", async () => {
  await using trial = await TrialQuota.open({});
  await put(trial.storage, "/f", "x");
  await trial.storage.createDirectory(at("/in"));
  const grants = [{ path: "/in", rights: "w" }];
  const { storage } = await open(trial, { readOnly: true, grants, mounts: MOUNTS });
  await failsAs("denied", storage.removeFile(at("/f")));
  await failsAs("denied", storage.write(at("/team/g"), { mode: "replace" }));
  await put(storage, "/in/g", "x");
  await failsAs("denied", storage.read(at("/in/g"), 0));
});
