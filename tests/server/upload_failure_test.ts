// Whatever call to the host fails during an upload: the old file or the new one, and an honest fault.

import assert from "node:assert/strict";
import { type FaultKind, isFault } from "../../shared/fault.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { FailingFiles } from "../support/failing_files.ts";
import { at, get, put } from "../support/storage_steps.ts";
import { openTrialDisk } from "../support/trial_disk.ts";
import { OLD_CONTENT, UPLOAD_WAYS } from "../support/upload_ways.ts";

const CODES: Record<string, FaultKind> = {
  ENOSPC: "no-space",
  EIO: "host-failure",
  EACCES: "denied",
};

for (const [name, { run, gives }] of Object.entries(UPLOAD_WAYS)) {
  Deno.test(`${name} leaves the old file or the new one, whichever call fails`, async () => {
    const steps = await countSteps(run);
    assert.ok(steps >= 7, `${steps} steps`);
    for (let step = 1; step <= steps; step++) {
      const [code, kind] = Object.entries(CODES)[step % 3] ?? ["EIO", "host-failure"];
      await using disk = await openTrialDisk();
      await put(disk.storage, "/f", OLD_CONTENT);
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
        assert.ok(there === OLD_CONTENT || (published && there === gives), `${where}: ${there}`);
      }
      await run(disk.storage);
      assert.ok((await get(disk.storage, "/f")).length > 0);
      assert.equal(await disk.storage.unfinished(at("/f")), undefined, where);
    }
  });
}

async function countSteps(run: (storage: Storage) => Promise<unknown>): Promise<number> {
  await using disk = await openTrialDisk();
  await put(disk.storage, "/f", OLD_CONTENT);
  const failing = new FailingFiles();
  const storage = await disk.reopen({ files: failing.files });
  const before = failing.calls.length;
  await run(storage);
  return failing.calls.length - before;
}
