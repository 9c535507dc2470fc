// Throwing away what nobody came back for: unfinished uploads of all accounts, by age.

import { ifThere } from "../../shared/if_there.ts";
import { hostCode } from "./host_fault.ts";
import { type HostFiles, hostFiles } from "./host_files.ts";
import { directoryOf, type HostPath, operatorPath, ownChild } from "./jailed_path.ts";
import { type AccountBooks, NO_AMOUNT, NO_BOOKS } from "./quota_books.ts";
import { removeUnfinished } from "./upload_folder.ts";
import { readRecord, UploadPart } from "./upload_part.ts";
import { allUploadsDirectory } from "./upload_place.ts";

/** How long an unfinished upload is kept (PROTOCOL.md, rule 4). */
export const KEPT_UNFINISHED_MS = 7 * 24 * 3600 * 1000;

/** What a sweep may be told. */
export interface SweepOptions {
  readonly files?: HostFiles;
  /** The books of the account that such a folder belongs to; default: nobody has a limit. */
  booksOf?(account: string): Promise<AccountBooks>;
  /** Is told of an upload that cannot be removed and keeps no other; default: the sweep ends there. */
  onFailure?(account: string, error: unknown): void;
}

/**
 * Removes uploads that nobody writes and that got their last byte more than `olderThanMs` ago.
 *
 * @param home the data directory, a host path.
 * @returns how many were removed.
 */
export async function sweepUnfinished(
  home: string,
  olderThanMs: number,
  nowMs: number,
  { files = hostFiles, booksOf = noBooks, onFailure = rethrown }: SweepOptions = {},
): Promise<number> {
  const all = allUploadsDirectory(operatorPath(home));
  let removed = 0;
  for (const account of await namesIn(files, all)) {
    const records = ownChild(all, account);
    const stems = new Set((await namesIn(files, records)).map(stemOf));
    for (const stem of stems) {
      const world = { files, records, books: () => booksOf(account) };
      try {
        if (await sweepOne(world, stem, nowMs - olderThanMs)) removed++;
      } catch (error) {
        if (hostCode(error) === undefined) throw error;
        onFailure(account, error);
      }
    }
  }
  return removed;
}

interface SweepWorld {
  readonly files: HostFiles;
  readonly records: HostPath;
  books(): Promise<AccountBooks>;
}

async function sweepOne(
  { files, records, books }: SweepWorld,
  stem: string,
  limitMs: number,
): Promise<boolean> {
  const record = ownChild(records, `${stem}.json`);
  const noted = readRecord(files, record);
  const elsewhere = noted === undefined ? records : directoryOf(operatorPath(noted.bytes));
  let removed = false, empty = true;
  for (const directory of new Set([records, elsewhere])) {
    for (const kind of ["part", "copy"]) {
      const host = ownChild(directory, `${stem}.${kind}`);
      const file = ifThere(() => files.openToWrite(host, "existing"));
      if (file === undefined) continue;
      empty = false;
      const part = new UploadPart(files, { file, host, record });
      try {
        const isOld = file.stat().modifiedMs < limitMs;
        if (!isOld || !file.tryLock("exclusive")) continue;
        await removeUnfinished(part, await books());
        removed = true;
      } finally {
        part.release();
      }
    }
  }
  if (!empty) return removed;
  const left = ifThere(() => files.lstat(record));
  if (left === undefined || left.modifiedMs >= limitMs) return false;
  ifThere(() => files.removeFile(record));
  return false; // a record without bytes is no upload
}

function rethrown(_account: string, error: unknown): never {
  throw error;
}

function noBooks(account: string): Promise<AccountBooks> {
  return Promise.resolve(NO_BOOKS.of(account, () => Promise.resolve(NO_AMOUNT)));
}

async function namesIn(files: HostFiles, directory: HostPath): Promise<string[]> {
  try {
    return await Array.fromAsync(files.names(directory), ({ name }) => name);
  } catch (error) {
    if (hostCode(error) === "ENOENT" || hostCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

function stemOf(name: string): string {
  return name.replace(/\.(json|part|copy)$/, "");
}
