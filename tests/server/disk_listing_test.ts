// Listings of directories that hold names no line can carry, links in numbers, or very many entries.

import assert from "node:assert/strict";
import { basename } from "node:path";
import type { Log, LogFields } from "../../shared/log.ts";
import { type HostFiles, hostFiles } from "../../server/storage/host_files.ts";
import type { HostPath } from "../../server/storage/jailed_path.ts";
import { at, get, names, put } from "../support/storage_steps.ts";
import { openTrialDisk, type TrialDisk } from "../support/trial_disk.ts";

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
  // Once for the entries, once for the names alone.
  const line = ["names left out of a listing", { path: "/", unspeakable: 3, unreachable: 2 }];
  assert.deepEqual(log.lines, [line, line]);
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
  for await (const batch of disk.storage.list(at("/"))) {
    assert.ok(batch.every(({ type }) => type === "file"));
    seen += batch.length;
  }
  await turn;
  assert.equal(seen, total);
  assert.ok(seenAtFirstTurn !== undefined && seenAtFirstTurn < total, `${seenAtFirstTurn}`);
});

Deno.test("a listing that is left early closes the directory", async () => {
  await using disk = await openTrialDisk();
  for (const name of "abc") await put(disk.storage, `/${name}`, name);
  for await (const [entry] of disk.storage.list(at("/"))) {
    assert.ok(entry !== undefined && "abc".includes(entry.name));
    break;
  }
  for await (const [name] of disk.storage.names(at("/"))) {
    assert.ok(name !== undefined && "abc".includes(name));
    break;
  }
});

Deno.test("what vanishes while it is listed is left out", async () => {
  await using disk = await openTrialDisk();
  for (let index = 0; index < 100; index++) await put(disk.storage, `/${index}`, "x");
  const listed: string[] = [];
  for await (const batch of disk.storage.list(at("/"))) {
    for (const { name } of batch) listed.push(name);
    if (listed.length > 1) continue;
    for (let index = 0; index < 100; index++) {
      if (`${index}` !== listed[0]) await disk.storage.removeFile(at(`/${index}`));
    }
  }
  assert.equal(listed.length, 1);
});

/** So many names at once, at most, as the listing's own limit says. */
const LARGEST_BATCH = 512;

for (const count of [0, 1, 2, LARGEST_BATCH - 1, LARGEST_BATCH, 2 * LARGEST_BATCH + 1]) {
  Deno.test(`${count} files are listed once each, however they fall into batches`, async () => {
    await using disk = await openTrialDisk();
    const made = Array.from({ length: count }, (_, index) => `file ${index}`).sort();
    for (const name of made) await Deno.writeTextFile(disk.inRoot(name), "");
    assert.deepEqual(await names(disk.storage), made);
    const largest = async (batches: AsyncIterable<readonly unknown[]>) =>
      Math.max(0, ...(await Array.fromAsync(batches)).map(({ length }) => length));
    for (const what of ["list", "names"] as const) {
      const most = await largest(disk.storage[what](at("/")));
      assert.ok(most <= LARGEST_BATCH, `${most} at once`);
      assert.equal(most === 0, count === 0);
    }
  });
}

/** The host's files, and the last names of all that was looked at. */
function watchedFiles(): { readonly files: HostFiles; readonly looks: string[] } {
  const looks: string[] = [];
  const lstat = (path: HostPath) => {
    looks.push(basename(path));
    return hostFiles.lstat(path);
  };
  const files = new Proxy(hostFiles, {
    get: (target, name) => name === "lstat" ? lstat : Reflect.get(target, name),
  });
  return { files, looks };
}

async function namesIn({ storage }: TrialDisk, path: string): Promise<string[]> {
  return (await Array.fromAsync(storage.names(at(path)))).flat().sort();
}

Deno.test("names alone cost a look only at links, at what is not UTF-8, and at a few below the root", async () => {
  const { files, looks } = watchedFiles();
  await using disk = await openTrialDisk({ files });
  for (const name of ["one", "two", "\ufffd"]) await put(disk.storage, `/${name}`, "x");
  await Deno.symlink(".", disk.inRoot("inside"));
  await Deno.symlink("/", disk.inRoot("outside"));
  looks.length = 0;
  assert.deepEqual(await namesIn(disk, "/"), ["inside", "one", "two", "\ufffd"]);
  const looked = new Set(looks);
  assert.ok(["inside", "outside", "\ufffd"].every((name) => looked.has(name)), [...looked].join());
  assert.ok(!looked.has("one") && !looked.has("two"), [...looked].join());

  await disk.storage.createDirectory(at("/d"));
  const made = Array.from({ length: 1000 }, (_, index) => `file ${index}`).sort();
  for (const name of made) await Deno.writeTextFile(disk.inRoot("d", name), "");
  looks.length = 0;
  assert.deepEqual(await namesIn(disk, "/d"), made);
  // Ten batches, and twenty looks at most at each.
  assert.ok(looks.length < made.length / 2, `${looks.length} looks`);
});

Deno.test("names that vanish while they are told are looked up, and left out", async () => {
  await using disk = await openTrialDisk();
  await disk.storage.createDirectory(at("/d"));
  const made = Array.from({ length: 100 }, (_, index) => `file ${index}`);
  for (const name of made) await Deno.writeTextFile(disk.inRoot("d", name), "");
  const told: string[] = [];
  for await (const batch of disk.storage.names(at("/d"))) {
    told.push(...batch);
    if (told.length > 1) continue;
    for (const name of made) if (name !== told[0]) await Deno.remove(disk.inRoot("d", name));
  }
  assert.equal(told.length, 1);
});
