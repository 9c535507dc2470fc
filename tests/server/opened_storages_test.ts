// Storages that sessions share: the same for who comes a moment later, but never what it must not be any more.

import assert from "node:assert/strict";
import { join } from "node:path";
import { OpenedStorages } from "../../server/opened_storages.ts";
import { DigestCache } from "../../server/storage/digest_cache.ts";
import { RecordedLog } from "../support/in_process_server.ts";
import { failsAs, get, names, put } from "../support/storage_steps.ts";
import { TrialQuota } from "../support/trial_quota.ts";

/** The storages of a data directory where `ann` has the folder `files`. */
async function shared(trial: TrialQuota) {
  const { home } = trial.disk.options;
  const settings = { uploads: "atomic", symlinks: "inside", diskFloorBytes: 0 } as const;
  const world = { home, settings, books: trial.books, digests: new DigestCache() };
  const clock = { nowMs: 0 };
  const storages = new OpenedStorages({ ...world, log: new RecordedLog() }, () => clock.nowMs);
  const account = await trial.accounts.update("ann", { directory: "files" });
  return { home, clock, storages, account, root: join(home, "files") };
}

Deno.test("who comes a moment later takes the same storage, who comes later another one", async () => {
  await using trial = await TrialQuota.open({});
  const { clock, storages, account } = await shared(trial);
  const first = await storages.open(account);
  clock.nowMs += 999;
  assert.equal(await storages.open(account), first);
  clock.nowMs += 1;
  assert.notEqual(await storages.open(account), first);
});

Deno.test("a changed account is another storage at once", async () => {
  await using trial = await TrialQuota.open({});
  const { storages, account } = await shared(trial);
  await put(await storages.open(account), "/f", "text");
  const storage = await storages.open(await trial.accounts.update("ann", { readOnly: true }));
  assert.equal(await get(storage, "/f"), "text");
  await failsAs("denied", put(storage, "/g", "more"));
});

Deno.test("a root that is gone is made again at the next login", async () => {
  await using trial = await TrialQuota.open({});
  const { storages, account, root } = await shared(trial);
  await storages.open(account);
  await Deno.remove(root);
  await put(await storages.open(account), "/f", "text");
  assert.equal(await Deno.readTextFile(join(root, "f")), "text");
});

Deno.test("a mount whose folder comes later is there at the next login", async () => {
  await using trial = await TrialQuota.open({});
  const { home, storages } = await shared(trial);
  const mounts = [{ path: "/m", directory: "later", writable: false }];
  const account = await trial.accounts.update("ann", { mounts });
  assert.deepEqual(await names(await storages.open(account)), []);
  await Deno.mkdir(join(home, "later"));
  assert.deepEqual(await names(await storages.open(account)), ["m"]);
});

Deno.test("a root that became a link to the server's own folder is refused at once", {
  // Links need a privilege there.
  ignore: Deno.build.os === "windows",
}, async () => {
  await using trial = await TrialQuota.open({});
  const { home, storages, account, root } = await shared(trial);
  await storages.open(account);
  await Deno.remove(root);
  await Deno.symlink(join(home, ".ftp"), root);
  await failsAs("denied", storages.open(account));
});
