// The quota contract, kept by the disk and its books in SQLite.

import assert from "node:assert/strict";
import { NO_AMOUNT } from "../../server/storage/quota_books.ts";
import { at, failsAs, put } from "../support/storage_steps.ts";
import { TrialQuota } from "../support/trial_quota.ts";
import { quotaContract } from "./quota_contract.ts";

/** Each with an id of a mebibyte: more than may be garbage that nobody has collected yet. */
const REFUSALS = 400;

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

Deno.test("a file outside that an upload replaces through a link neither counts nor gives anything back", async () => {
  await using trial = await withWayOut();
  const { disk, storage } = trial;
  await put(storage, "/own", "123456");
  await Deno.writeTextFile(disk.outside("six"), "012345");
  await put(storage, "/out/six", "more");
  assert.equal(await Deno.readTextFile(disk.outside("six")), "more");
  assert.deepEqual((await storage.quota())?.used, { bytes: 6, files: 1 });
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

Deno.test("uploads that are refused for want of room leave nothing in memory", async () => {
  await using trial = await TrialQuota.open({ files: 0 });
  const account = trial.books.of("ann", () => Promise.resolve(NO_AMOUNT));
  const mebibyte = "x".repeat(1024 * 1024);
  const beforeBytes = Deno.memoryUsage().heapUsed;
  for (let each = 0; each < REFUSALS; each++) {
    const hold = { id: `${each}${mebibyte}`, place: "p", target: "" };
    const opens = { hold, bytes: 0, replaces: () => NO_AMOUNT };
    await failsAs("over-quota", account.change(() => ({ opens, act: () => assert.fail() })));
  }
  const keptBytes = Deno.memoryUsage().heapUsed - beforeBytes;
  assert.ok(keptBytes < REFUSALS * mebibyte.length / 2, `${keptBytes} bytes are kept`);
});

quotaContract("disk", (limit) => TrialQuota.open(limit));
