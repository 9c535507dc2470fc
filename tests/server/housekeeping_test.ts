// What the server does for itself: accounts in doubt are counted, old uploads swept and booked.

import assert from "node:assert/strict";
import { join } from "node:path";
import { Housekeeping, StorageCare } from "../../server/housekeeping.ts";
import { KEPT_UNFINISHED_MS } from "../../server/storage/upload_sweep.ts";
import { RecordedLog } from "../support/in_process_server.ts";
import { keepFromRemoval } from "../support/kept_folder.ts";
import { startServer } from "../support/server_process.ts";
import { at, interrupt, put } from "../support/storage_steps.ts";
import { TrialQuota } from "../support/trial_quota.ts";

Deno.test("at its start the server counts accounts in doubt and sweeps what is old", async () => {
  await using trial = await TrialQuota.open({});
  const { disk, storage } = trial;
  await put(storage, "/f", "four");
  await interrupt(storage, "/old", "forgotten");
  await interrupt(storage, "/new", "half");
  const long = new Date(Date.now() - KEPT_UNFINISHED_MS - 1000);
  for (const name of disk.waiting().filter((name) => name.endsWith(".part"))) {
    const path = disk.inUploads(name);
    if ((await Deno.stat(path)).size === 9) await Deno.utime(path, long, long);
  }
  await trial.accounts.update("ann", { quotaBytes: 100 });
  await Deno.writeTextFile(disk.inRoot("came by another way"), "123");

  const log = new RecordedLog();
  using care = StorageCare.open(disk.options.home, log);
  {
    await using _ = new Housekeeping(care.chores, log);
    const swept = await log.seen(({ event }) => event === "unfinished uploads swept");
    assert.deepEqual(swept.fields, { removed: 1 });
  }
  assert.deepEqual(log.lines[0]?.fields, { accounts: 1 });
  using books = trial.openBooks("look");
  assert.deepEqual(books.inDoubt(), []);
  assert.deepEqual(books.lastKnown("ann")?.used, { bytes: 4 + 4 + 3, files: 3 });
  const again = await disk.reopen({ books });
  assert.equal(await again.unfinished(at("/old")), undefined);
  assert.equal(await again.unfinished(at("/new")), 4);
});

Deno.test("ftp serve cares for its storage from the start on", async () => {
  await using trial = await TrialQuota.open({});
  await interrupt(trial.storage, "/old", "forgotten");
  const long = new Date(Date.now() - KEPT_UNFINISHED_MS - 1000);
  for (const name of trial.disk.waiting().filter((name) => name.endsWith(".part"))) {
    await Deno.utime(trial.disk.inUploads(name), long, long);
  }
  await using server = await startServer({ home: trial.disk.options.home });
  await server.logged(/unfinished uploads swept .*removed=1/);
});

Deno.test("a home that cannot be deleted is told of once, and keeps no other from going", async () => {
  await using trial = await TrialQuota.open({});
  const { home } = trial.disk.options;
  const removed = join(home, ".ftp", "removed");
  const homes = ["1-ann", "2-bob", "3-cy"].map((name) => join(removed, name));
  for (const path of homes) await Deno.mkdir(path, { recursive: true });
  await using _ = await keepFromRemoval(homes[1]!);
  const log = new RecordedLog();
  using care = StorageCare.open(home, log);
  const again = { name: "second round", run: () => Promise.resolve({ rounds: ++rounds }) };
  let rounds = 0;
  {
    await using _ = new Housekeeping([...care.chores, again], log, 1);
    await log.seen(({ fields }) => fields["rounds"] === 3);
  }
  const told = log.lines.filter(({ level }) => level === "warn");
  assert.deepEqual(told.map(({ event, fields }) => [event, fields["name"]]), [
    ["cannot be removed", "2-bob"],
  ]);
  const left = await Array.fromAsync(Deno.readDir(removed), ({ name }) => name);
  assert.deepEqual(left, ["2-bob"]);
});

Deno.test("a chore that fails is logged, and does not keep the others from being done again", async () => {
  const log = new RecordedLog();
  let done = 0;
  const chores = [
    { name: "broken", run: () => Promise.reject(new Error("the disk says no")) },
    { name: "counted", run: () => Promise.resolve({ times: ++done }) },
  ];
  await using _ = new Housekeeping(chores, log, 1);
  await log.seen(({ fields }) => fields["times"] === 3);
  assert.equal(log.lines[0]?.level, "error");
  assert.equal(log.lines[0]?.fields["why"], "Error: the disk says no");
});

Deno.test("its end does not wait for the next hour", async () => {
  const begun = performance.now();
  {
    await using _ = new Housekeeping([], new RecordedLog());
  }
  assert.ok(performance.now() - begun < 1000);
});
