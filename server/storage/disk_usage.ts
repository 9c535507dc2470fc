// Counting what an account keeps on the disk: its files, and its unfinished uploads wherever they wait.

import { Fault } from "../../shared/fault.ts";
import { hostCode } from "./host_fault.ts";
import type { HostFiles, HostStat } from "./host_files.ts";
import { UPLOADS_NAME } from "./host_name.ts";
import { type HostPath, isBelow, ownChild } from "./jailed_path.ts";
import { type Amount, NO_AMOUNT, sum } from "./quota_books.ts";

/** Where an account's files are. */
export interface UsageWorld {
  readonly files: HostFiles;
  /** Without links in it. */
  readonly root: HostPath;
  /** Where its uploads are kept in HOME. */
  readonly records: HostPath;
  readonly account: string;
}

/**
 * Counts everything but what is written to right now. Links are not followed: what they lead to is
 * counted where it is, or belongs to somebody else. A second name of a file counts again.
 *
 * @param held what uploads write to, host paths; see {@linkcode placeOf}.
 * @throws Fault `aborted`
 */
export async function measureUsage(
  { files, root, records, account }: UsageWorld,
  held: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<Amount> {
  let found = await measureParts(files, records, held);
  const waiting: HostPath[] = [root];
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    for await (const name of namesIn(files, directory)) {
      if (signal?.aborted) throw new Fault("aborted", { cause: signal.reason });
      const host = ownChild(directory, name);
      if (name === UPLOADS_NAME) {
        found = sum(found, await measureParts(files, ownChild(host, account), held));
        continue;
      }
      const stat = statOf(files, host);
      if (stat?.type === "directory") waiting.push(host);
      else if (!held.has(host)) found = sum(found, amountOf(stat));
    }
  }
  return found;
}

/** What a file of this kind counts for: anything but a file for nothing. */
export function amountOf(stat: HostStat | undefined): Amount {
  return stat?.type === "file" ? { bytes: stat.size, files: 1 } : NO_AMOUNT;
}

/** What the file at `host` counts for, where it belongs to the root at all. */
export function amountAt(files: HostFiles, host: HostPath, root: HostPath): Amount {
  return isBelow(host, root) ? amountOf(statOf(files, host)) : NO_AMOUNT;
}

/** What stands for an upload's file in the books, whether it may be found already or not. */
export function placeOf(part: string): string {
  return part.replace(PART_KIND, "");
}

const PART_KIND = /\.(part|copy)$/;

async function measureParts(
  files: HostFiles,
  directory: HostPath,
  held: ReadonlySet<string>,
): Promise<Amount> {
  let found = NO_AMOUNT;
  for await (const name of namesIn(files, directory)) {
    const host = ownChild(directory, name);
    if (!PART_KIND.test(name) || held.has(placeOf(host))) continue;
    found = sum(found, amountOf(statOf(files, host)));
  }
  return found;
}

/** The names in a directory; none of one that went meanwhile. */
async function* namesIn(files: HostFiles, directory: HostPath): AsyncGenerator<string> {
  try {
    for await (const { name } of files.names(directory)) yield name;
  } catch (error) {
    if (hostCode(error) === "ENOENT" || hostCode(error) === "ENOTDIR") return;
    throw error instanceof Deno.errors.NotCapable ? new Fault("denied", { cause: error }) : error;
  }
}

function statOf(files: HostFiles, host: HostPath): HostStat | undefined {
  try {
    return files.lstat(host);
  } catch (error) {
    if (hostCode(error) === "ENOENT" || hostCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}
