// The power goes at any moment of an upload: the old file or the new one, never a mixture, never nothing.

import assert from "node:assert/strict";
import { powerCuts, RecordingFiles } from "../support/power_cut.ts";
import { put } from "../support/storage_steps.ts";
import { openTrialDisk } from "../support/trial_disk.ts";
import { DIRECT_WAYS, OLD_CONTENT, UPLOAD_WAYS } from "../support/upload_ways.ts";

for (const [name, { run, gives }] of Object.entries(UPLOAD_WAYS)) {
  Deno.test(`${name} leaves the old file or the new one when the power goes`, async () => {
    await using disk = await openTrialDisk();
    await put(disk.storage, "/f", OLD_CONTENT);
    const path = disk.inRoot("f");
    const before = { file: (await Deno.stat(path)).ino ?? 0, content: OLD_CONTENT };
    const recording = new RecordingFiles();
    await run(await disk.reopen({ files: recording.files }));
    const { operations } = recording;

    const seen = new Set<string | undefined>();
    for (const { after, found } of powerCuts(operations, path, before)) {
      const where = operations.slice(0, after).map(({ kind }) => kind).join(" ");
      assert.ok(
        found === OLD_CONTENT || found === gives,
        `${JSON.stringify(found)} after ${where}`,
      );
      seen.add(found);
      // Once the upload has been answered for, it is there.
      if (after === operations.length) assert.equal(found, gives, where);
    }
    assert.deepEqual([...seen].sort(), [gives, OLD_CONTENT].sort());
  });
}

for (const [name, { run, gives, keeps }] of Object.entries(DIRECT_WAYS)) {
  Deno.test(`stored directly, ${name} keeps what is before its bytes, and is whole once it is answered for`, async () => {
    await using disk = await openTrialDisk();
    if (keeps !== undefined) await put(disk.storage, "/f", OLD_CONTENT);
    const path = disk.inRoot("f");
    const isNew = keeps === undefined;
    const file = isNew ? 0 : (await Deno.stat(path)).ino ?? 0;
    const recording = new RecordingFiles();
    await run(await disk.reopen({ files: recording.files, uploads: "direct" }));
    const { operations } = recording;
    const before = isNew ? undefined : { file, content: OLD_CONTENT };
    const seen = new Set<string | undefined>();
    for (const { after, found } of powerCuts(operations, path, before)) {
      const where = operations.slice(0, after).map(({ kind }) => kind).join(" ");
      assert.ok(found === undefined ? isNew : found.startsWith(keeps ?? ""), where);
      seen.add(found);
      if (after === operations.length) assert.equal(found, gives, where);
    }
    assert.ok(seen.has(isNew ? undefined : OLD_CONTENT), "before its first byte");
    assert.ok(seen.size > 2, "on the way it is neither old nor new");
  });
}

Deno.test("the replay of a careless upload finds what is lost", () => {
  const file = 2, path = "/d/f", part = "/d/part";
  const bytes = new TextEncoder().encode("new");
  const found = (...flushes: ("flush" | "flush-names")[]) => {
    const cuts = powerCuts(
      [
        { kind: "create", path: part, file },
        { kind: "append", file, bytes },
        ...(flushes.includes("flush") ? [{ kind: "flush", file } as const] : []),
        { kind: "rename", from: part, to: path },
        ...(flushes.includes("flush-names")
          ? [{ kind: "flush-names", directory: "/d" } as const]
          : []),
      ],
      path,
      { file: 1, content: "old" },
    );
    const all = Array.from(cuts);
    const last = all.at(-1)?.after;
    return {
      ever: new Set(all.map((cut) => cut.found)),
      atLast: new Set(all.filter(({ after }) => after === last).map((cut) => cut.found)),
    };
  };
  assert.deepEqual(found().ever, new Set(["old", "new", "", "ne", "\0\0\0"]));
  assert.deepEqual(found("flush").ever, new Set(["old", "new"]));
  assert.deepEqual(found("flush").atLast, new Set(["old", "new"]));
  assert.deepEqual(found("flush", "flush-names").atLast, new Set(["new"]));
});
