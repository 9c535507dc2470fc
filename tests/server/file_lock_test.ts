// Locks on files: gone when their file is closed, also while this process starts others.

import assert from "node:assert/strict";
import { BookOwner, buryOwner, ownersIn } from "../../server/accounts/book_owner.ts";
import { isThreadAlive, threadLockFile } from "../../server/runtime/thread_lock.ts";
import { hostFiles } from "../../server/storage/host_files.ts";
import { operatorPath } from "../../server/storage/jailed_path.ts";
import type { ProgramStarts } from "../support/program_starter.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const STARTS = 60;

/** Repeats `look` while another thread starts programs, each of which has all open files until it runs. */
async function whileProgramsStart(look: () => void): Promise<void> {
  const starter = new Worker(new URL("../support/program_starter.ts", import.meta.url), {
    type: "module",
  });
  try {
    const started = new Promise<number>((resolve, reject) => {
      starter.onmessage = ({ data }) => resolve(data);
      starter.onerror = ({ message }) => reject(new Error(message));
    });
    let isDone = false;
    const done = started.finally(() => isDone = true);
    const order: ProgramStarts = { program: Deno.execPath(), starts: STARTS };
    starter.postMessage(order);
    while (!isDone) {
      for (let times = 0; times < 50; times++) look();
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(await done, STARTS);
  } finally {
    starter.terminate();
  }
}

Deno.test("a file that was closed is locked by nobody, though programs are being started", async () => {
  await using directory = await temporaryDirectory();
  const path = operatorPath(`${directory.path}/f`);
  await Deno.writeTextFile(path, "");
  await whileProgramsStart(() => {
    using file = hostFiles.openToWrite(path, "existing");
    assert.ok(file.tryLock("exclusive"));
  });
});

Deno.test("who died is found dead by everybody who looks, though programs are being started", async () => {
  await using directory = await temporaryDirectory();
  await Deno.mkdir(`${directory.path}/threads`);
  await Deno.writeTextFile(threadLockFile(directory.path, 1), "");
  await whileProgramsStart(() => {
    assert.equal(isThreadAlive(directory.path, 1), false);
    const owner = BookOwner.enter(directory.path);
    assert.deepEqual(ownersIn(directory.path), { living: [owner.id], dead: [] });
    owner[Symbol.dispose]();
    for (const _look of ["one", "other"]) {
      assert.deepEqual(ownersIn(directory.path), { living: [], dead: [owner.id] });
    }
    buryOwner(directory.path, owner.id);
  });
});
