// Whether what a storage says may be done is what its calls then do.

import assert from "node:assert/strict";
import { isFault } from "../../shared/fault.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { at, get, names, put } from "./storage_steps.ts";

/** Asserts it for a file, by trying everything; afterwards it may be gone. */
export async function assertFilePowers(storage: Storage, path: string): Promise<void> {
  const { read, overwrite, rename, remove } = storage.powers(at(path));
  await assertAllowed(read, `reading ${path}`, () => get(storage, path));
  await assertAllowed(overwrite, `overwriting ${path}`, () => put(storage, path, "other"));
  const appended = () => put(storage, path, "more", { mode: "append" });
  await assertAllowed(overwrite, `appending to ${path}`, appended);
  await assertAllowed(rename, `renaming ${path}`, () => thereAndBack(storage, path));
  await assertAllowed(remove, `removing ${path}`, () => storage.removeFile(at(path)));
}

/** Asserts it for a directory that holds nothing but a file `f`; afterwards it may be gone. */
export async function assertDirectoryPowers(storage: Storage, path: string): Promise<void> {
  const { list, fill, rename, empty, remove } = storage.powers(at(path));
  const child = (name: string) => at(`${path}/${name}`);
  await assertAllowed(list, `listing ${path}`, () => names(storage, path));
  await assertAllowed(fill, `a file in ${path}`, () => put(storage, child("new"), "x"));
  const made = () => storage.createDirectory(child("made"));
  await assertAllowed(fill, `a directory in ${path}`, made);
  await assertAllowed(rename, `renaming ${path}`, () => thereAndBack(storage, path));
  await assertAllowed(empty, `emptying ${path}`, () => storage.removeFile(child("f")));
  if (fill && empty) {
    await storage.removeFile(child("new"));
    await storage.removeDirectory(child("made"));
  }
  await assertAllowed(remove, `removing ${path}`, () => storage.removeDirectory(at(path)));
}

async function thereAndBack(storage: Storage, path: string): Promise<void> {
  await storage.rename(at(path), at(`${path}.moved`));
  await storage.rename(at(`${path}.moved`), at(path));
}

async function assertAllowed(isAllowed: boolean, what: string, act: () => Promise<unknown>) {
  const fault = await act().then(() => undefined, (error: unknown) => error);
  if (fault !== undefined && !isFault(fault)) throw fault;
  assert.equal(fault === undefined, isAllowed, `${what}: ${fault?.message ?? "done"}`);
}
