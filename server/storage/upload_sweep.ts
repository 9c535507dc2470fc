// Throwing away what nobody came back for: unfinished uploads of all accounts, by age.

import { hostCode } from "./host_fault.ts";
import { type HostFiles, hostFiles } from "./host_files.ts";
import { directoryOf, type HostPath, operatorPath, ownChild } from "./jailed_path.ts";
import { readRecord, UploadPart } from "./upload_part.ts";
import { allUploadsDirectory } from "./upload_place.ts";

/** How long an unfinished upload is kept (PROTOCOL.md, rule 4). */
export const KEPT_UNFINISHED_MS = 7 * 24 * 3600 * 1000;

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
  files: HostFiles = hostFiles,
): Promise<number> {
  const all = allUploadsDirectory(operatorPath(home));
  let removed = 0;
  for (const account of await namesIn(files, all)) {
    const records = ownChild(all, account);
    const stems = new Set((await namesIn(files, records)).map(stemOf));
    for (const stem of stems) {
      if (sweepOne(files, records, stem, nowMs - olderThanMs)) removed++;
    }
  }
  return removed;
}

function sweepOne(files: HostFiles, records: HostPath, stem: string, limitMs: number): boolean {
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
      const isOld = file.stat().modifiedMs < limitMs;
      if (isOld && file.tryLock("exclusive")) {
        part.remove();
        removed = true;
      } else part.release();
    }
  }
  if (!empty) return removed;
  const left = ifThere(() => files.lstat(record));
  if (left === undefined || left.modifiedMs >= limitMs) return false;
  ifThere(() => files.removeFile(record));
  return false; // a record without bytes is no upload
}

async function namesIn(files: HostFiles, directory: HostPath): Promise<string[]> {
  try {
    return await Array.fromAsync(files.names(directory));
  } catch (error) {
    if (hostCode(error) === "ENOENT" || hostCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

function stemOf(name: string): string {
  return name.replace(/\.(json|part|copy)$/, "");
}

function ifThere<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (hostCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
