// Quotas after failures and deaths at any point: the books are what is on the disk, counted or not.

import assert from "node:assert/strict";
import { isFault } from "../../shared/fault.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { BusyProcess } from "../support/busy_process.ts";
import { FailingFiles } from "../support/failing_files.ts";
import { MortalFiles } from "../support/mortal_files.ts";
import { act, LARGEST, randomNumbers } from "../support/random_deeds.ts";
import { at, failsAs, patternBytes, put } from "../support/storage_steps.ts";
import { TrialQuota } from "../support/trial_quota.ts";
import { UploadingProcess } from "../support/uploading_process.ts";

const LIMIT = { bytes: 10_000, files: 6 };
const DEATHS = 200;
const KILLS = 6;

Deno.test(`after ${DEATHS} deaths at random points the books are what is on the disk`, async () => {
  await using trial = await TrialQuota.open(LIMIT);
  const random = randomNumbers(1);
  for (let death = 1; death <= DEATHS; death++) {
    const mortal = new MortalFiles(1 + random(60), random(2) === 0 ? "before" : "after");
    {
      using dying = trial.openBooks();
      const books = mortal.books(dying);
      const opened = trial.disk.reopen({ files: mortal.files, books });
      const storage = await opened.catch((error) => ignoreDeath(error, mortal));
      for (let step = 0; step < 25 && storage && !mortal.isDead; step++) {
        await act(storage, random).catch((error) => ignoreDeath(error, mortal));
      }
      mortal.end();
    }
    using books = trial.openBooks();
    const storage = await trial.disk.reopen({ books });
    await agrees(storage, trial, `after death ${death}`);
    for (let step = 0; step < 3; step++) await act(storage, random);
    assert.deepEqual(books.inDoubt(), []);
    await agrees(storage, trial, `some time after death ${death}`);
  }
});

Deno.test(`after ${KILLS} kills of a busy process the books are what is on the disk`, async () => {
  await using trial = await TrialQuota.open(LIMIT);
  for (let kill = 1; kill <= KILLS; kill++) {
    await using process = BusyProcess.start(trial.disk.options, kill);
    await process.did(kill * 7);
    await process.kill();
    using books = trial.openBooks();
    const storage = await trial.disk.reopen({ books });
    await agrees(storage, trial, `after kill ${kill}`);
    const counted = await books.of("ann", () => trial.counted()).recount();
    assert.deepEqual((await storage.quota())?.used, counted);
    assert.deepEqual(books.inDoubt(), []);
  }
});

Deno.test("whichever call fails, the books are what is on the disk", async () => {
  for (let step = 1; step <= 30; step++) {
    const failing = new FailingFiles();
    await using trial = await TrialQuota.open(LIMIT, { files: failing.files });
    const random = randomNumbers(step);
    failing.failAt(step, ["EIO", "ENOSPC", "EACCES"][step % 3] ?? "EIO");
    for (let each = 0; each < 12; each++) {
      await act(trial.storage, random).catch((error) => {
        if (!isFault(error)) throw error;
      });
      await agrees(trial.storage, trial, `call ${step}, after ${failing.calls.slice(-5)}`);
    }
  }
});

Deno.test("a server killed in mid-upload leaves right books, and what it held is free again", async () => {
  await using trial = await TrialQuota.open({ bytes: 3_000_000 });
  await using process = await UploadingProcess.start(trial.disk.options, "/f", 2_000_000, "books");
  const held = await trial.storage.quota();
  assert.deepEqual(held?.used, { bytes: 2_000_000, files: 1 });
  await failsAs("over-quota", put(trial.storage, "/g", patternBytes(1_000_001)));
  await put(trial.storage, "/g", patternBytes(1_000_000));
  await process.kill();
  using books = trial.openBooks();
  const storage = await trial.disk.reopen({ books });
  await agrees(storage, trial, "after the kill");
  await failsAs("over-quota", put(storage, "/h", "x"));
  await storage.forget(at("/f"));
  await put(storage, "/h", patternBytes(2_000_000));
});

Deno.test("files that come by another way are counted when somebody asks for it, or at a start", async () => {
  await using trial = await TrialQuota.open(LIMIT);
  await put(trial.storage, "/a", "four");
  await Deno.writeTextFile(trial.disk.inRoot("b"), "another four");
  assert.deepEqual((await trial.storage.quota())?.used, { bytes: 4, files: 1 });
  {
    using command = trial.openBooks("look");
    const counted = await command.of("ann", () => trial.counted()).recount();
    assert.deepEqual(counted, { bytes: 16, files: 2 });
  }
  assert.deepEqual((await trial.storage.quota())?.used, { bytes: 16, files: 2 });
});

Deno.test("limits that come, change and go count at once", async () => {
  await using trial = await TrialQuota.open({});
  const { storage, accounts } = trial;
  await put(storage, "/a", "four");
  await using early = await storage.write(at("/early"), { mode: "replace" });
  await early.write(patternBytes(100));
  await accounts.update("ann", { quotaBytes: 110 });
  assert.equal(await storage.space(), 6);
  await early.commit();
  await agrees(storage, trial, "what began before the limit");
  await failsAs("over-quota", put(storage, "/b", patternBytes(7)));
  await accounts.update("ann", { quotaBytes: 50 });
  await failsAs("over-quota", put(storage, "/b", "x"));
  await storage.removeFile(at("/early"));
  await put(storage, "/b", "x");
  await accounts.update("ann", { quotaBytes: undefined });
  await put(storage, "/c", patternBytes(1000));
  await accounts.update("ann", { quotaBytes: 2000 });
  await agrees(storage, trial, "with a new limit");
});

async function agrees(storage: Storage, trial: TrialQuota, when: string): Promise<void> {
  const state = await storage.quota();
  assert.deepEqual(state?.used, await trial.counted(), when);
  const limit = state.limit.bytes ?? Infinity;
  assert.ok(state.used.bytes <= limit + LARGEST, when);
}

/** How the deadly end of a step comes out depends on where it struck. */
function ignoreDeath(error: unknown, mortal: MortalFiles): undefined {
  if (!mortal.isDead) throw error;
}
