// Whatever call to the host fails during an upload: the old file or the new one, and an honest fault.

import assert from "node:assert/strict";
import { type FaultKind, isFault } from "../../shared/fault.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { FailingFiles } from "../support/failing_files.ts";
import { at, get, interrupt, put } from "../support/storage_steps.ts";
import { openTrialDisk } from "../support/trial_disk.ts";

/** Ways to replace `/f`, which holds "old content", and what is there when they worked. */
const UPLOADS: Record<string, { run: (storage: Storage) => Promise<unknown>; gives: string }> = {
  "a new upload": {
    run: (storage) => put(storage, "/f", ["new", " content"]),
    gives: "new content",
  },
  "an append": {
    run: (storage) => put(storage, "/f", " and more", { mode: "append" }),
    gives: "old content and more",
  },
  "a restart over the file": {
    run: (storage) => put(storage, "/f", "words", { mode: "replace", offset: 4 }),
    gives: "old words",
  },
  "a resumed upload": {
    run: async (storage) => {
      await interrupt(storage, "/f", "new");
      const offset = await storage.unfinished(at("/f")) ?? 0;
      await put(storage, "/f", "new content".slice(offset), {
        mode: "replace",
        offset,
        base: "unfinished",
      });
    },
    gives: "new content",
  },
  "a digested upload": {
    run: (storage) => put(storage, "/f", "new content", { mode: "replace", digest: "MD5" }),
    gives: "new content",
  },
};

const CODES: Record<string, FaultKind> = {
  ENOSPC: "no-space",
  EIO: "host-failure",
  EACCES: "denied",
};

for (const [name, { run, gives }] of Object.entries(UPLOADS)) {
  Deno.test(`${name} leaves the old file or the new one, whichever call fails`, async () => {
    const steps = await countSteps(run);
    assert.ok(steps >= 7, `${steps} steps`);
    for (let step = 1; step <= steps; step++) {
      const [code, kind] = Object.entries(CODES)[step % 3] ?? ["EIO", "host-failure"];
      await using disk = await openTrialDisk();
      await put(disk.storage, "/f", "old content");
      const failing = new FailingFiles();
      const storage = await disk.reopen({ files: failing.files });
      failing.failAt(step, code);
      const fault = await run(storage).then(() => undefined, (error) => error);
      const failed = failing.calls.at(-1);
      const there = await get(disk.storage, "/f");
      const where = `step ${step}, after ${failing.calls.join(" ")}`;
      if (fault === undefined) assert.equal(there, gives, where);
      else {
        assert.ok(isFault(fault, kind), `${where}: ${fault}`);
        const published = failing.calls.some((call) => call === "rename") && failed !== "rename";
        assert.ok(there === "old content" || (published && there === gives), `${where}: ${there}`);
      }
      await run(disk.storage);
      assert.ok((await get(disk.storage, "/f")).length > 0);
      assert.equal(await disk.storage.unfinished(at("/f")), undefined, where);
    }
  });
}

async function countSteps(run: (storage: Storage) => Promise<unknown>): Promise<number> {
  await using disk = await openTrialDisk();
  await put(disk.storage, "/f", "old content");
  const failing = new FailingFiles();
  const storage = await disk.reopen({ files: failing.files });
  const before = failing.calls.length;
  await run(storage);
  return failing.calls.length - before;
}
