// Listings of directories that hold names no line can carry, links in numbers, or very many entries.

import assert from "node:assert/strict";
import type { Log, LogFields } from "../../shared/log.ts";
import { at, get, names, put } from "../support/storage_steps.ts";
import { openTrialDisk } from "../support/trial_disk.ts";

class LogInMemory implements Log {
  readonly lines: [string, LogFields | undefined][] = [];

  write(_level: string, event: string, fields?: LogFields): void {
    this.lines.push([event, fields]);
  }

  with(): Log {
    return this;
  }
}

Deno.test("names that break lines or are not UTF-8 are left out and counted", async () => {
  const log = new LogInMemory();
  await using disk = await openTrialDisk({ log });
  await put(disk.storage, "/good", "x");
  await put(disk.storage, "/\ufffd is a character", "x");
  for (const name of ["a\nb", "a\rb", "a\r\n226 done"]) {
    await Deno.writeTextFile(disk.inRoot(name), "");
  }
  const made = await new Deno.Command("sh", {
    args: [
      "-c",
      String.raw`for name in 'latin\344' 'gbk\316\304'; do : > "$(printf "$name")"; done`,
    ],
    cwd: disk.options.root,
  }).output();
  assert.ok(made.success);
  assert.equal(Array.from(Deno.readDirSync(disk.options.root)).length, 7);
  assert.deepEqual(await names(disk.storage), ["good", "\ufffd is a character"]);
  assert.equal(await get(disk.storage, "/\ufffd is a character"), "x");
  assert.deepEqual(log.lines, [
    ["names left out of a listing", { path: "/", unspeakable: 3, unreachable: 2 }],
  ]);
});

Deno.test("a listing that leaves nothing out says nothing", async () => {
  const log = new LogInMemory();
  await using disk = await openTrialDisk({ log });
  await put(disk.storage, "/f", "x");
  await Deno.symlink("/", disk.inRoot("out"));
  assert.deepEqual(await names(disk.storage), ["f"]);
  assert.deepEqual(log.lines, []);
});

Deno.test("a large directory streams, and others get their turn meanwhile", async () => {
  await using disk = await openTrialDisk();
  const total = 2000;
  for (let index = 0; index < total; index++) {
    await Deno.writeTextFile(disk.inRoot(`file ${index}`), "");
  }
  let seen = 0, seenAtFirstTurn: number | undefined;
  const turn = new Promise<void>((resolve) =>
    setTimeout(() => {
      seenAtFirstTurn = seen;
      resolve();
    }, 0)
  );
  for await (const entry of disk.storage.list(at("/"))) {
    assert.equal(entry.type, "file");
    seen++;
  }
  await turn;
  assert.equal(seen, total);
  assert.ok(seenAtFirstTurn !== undefined && seenAtFirstTurn < total, `${seenAtFirstTurn}`);
});

Deno.test("a listing that is left early closes the directory", async () => {
  await using disk = await openTrialDisk();
  for (const name of "abc") await put(disk.storage, `/${name}`, name);
  for await (const { name } of disk.storage.list(at("/"))) {
    assert.ok("abc".includes(name));
    break;
  }
});

Deno.test("what vanishes while it is listed is left out", async () => {
  await using disk = await openTrialDisk();
  for (let index = 0; index < 100; index++) await put(disk.storage, `/${index}`, "x");
  const listed: string[] = [];
  for await (const { name } of disk.storage.list(at("/"))) {
    listed.push(name);
    if (listed.length > 1) continue;
    for (let index = 0; index < 100; index++) {
      if (`${index}` !== name) await disk.storage.removeFile(at(`/${index}`));
    }
  }
  assert.equal(listed.length, 1);
});
