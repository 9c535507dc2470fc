// The quota contract, kept by the disk and its books in SQLite.

import assert from "node:assert/strict";
import { at, failsAs, put } from "../support/storage_steps.ts";
import { TrialQuota } from "../support/trial_quota.ts";
import { quotaContract } from "./quota_contract.ts";

/** A session that follows links, one of which leads out of its root. */
async function withWayOut(): Promise<TrialQuota> {
  const trial = await TrialQuota.open({ bytes: 10 }, { links: "follow" });
  await Deno.symlink(trial.disk.outside(), trial.disk.inRoot("out"));
  return trial;
}

Deno.test("a file that comes in through a link counts from then on, one that goes out no more", async () => {
  await using trial = await withWayOut();
  const { disk, storage } = trial;
  const used = async () => (await storage.quota())?.used;
  await Deno.writeTextFile(disk.outside("six"), "012345");
  await storage.rename(at("/out/six"), at("/six"));
  assert.deepEqual(await used(), { bytes: 6, files: 1 });
  await Deno.writeTextFile(disk.outside("more"), "01234");
  await failsAs("over-quota", storage.rename(at("/out/more"), at("/more")));
  assert.equal(await Deno.readTextFile(disk.outside("more")), "01234");
  // What it replaces makes room for it.
  await storage.rename(at("/out/more"), at("/six"));
  assert.deepEqual(await used(), { bytes: 5, files: 1 });
  await put(storage, "/own", "x");
  await storage.rename(at("/six"), at("/out/gone"));
  assert.deepEqual(await used(), { bytes: 1, files: 1 });
});

Deno.test("a folder that comes in or goes out through a link is counted again", async () => {
  await using trial = await withWayOut();
  const { disk, storage } = trial;
  const used = async () => (await storage.quota())?.used;
  await Deno.mkdir(disk.outside("d"));
  await Deno.writeTextFile(disk.outside("d", "six"), "012345");
  await put(storage, "/own", "x");
  await storage.rename(at("/out/d"), at("/d"));
  assert.deepEqual(await used(), { bytes: 7, files: 2 });
  await storage.rename(at("/d"), at("/out/d"));
  assert.deepEqual(await used(), { bytes: 1, files: 1 });
});

quotaContract("disk", (limit) => TrialQuota.open(limit));
