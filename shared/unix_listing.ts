// A line of LIST: the `ls -l` form, which no standard describes and every client reads.

import type { Entry } from "./entry.ts";
import { writableTime } from "./time_value.ts";

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Half of a Gregorian year, as ls counts it: a time further back shows its year, not its hour. */
const RECENT_MS = 31_556_952_000 / 2;
/** A file stamped by a clock a little ahead of ours is still recent. */
const CLOCK_DRIFT_MS = 60_000;

/** By the three bits of one class of users. */
const TRIPLETS = ["---", "--x", "-w-", "-wx", "r--", "r-x", "rw-", "rwx"] as const;

const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;

/**
 * Writes a line without its CRLF; times are UTC.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatUnixLine } from "./unix_listing.ts";
 * const entry = { name: "a b", type: "file", size: 3, modifiedMs: 0 } as const;
 * assert.equal(
 *   formatUnixLine(entry, Date.UTC(2024, 0, 1)),
 *   "-rw-r--r--   1 ftp      ftp                 3 Jan  1  1970 a b",
 * );
 * ```
 */
export function formatUnixLine(entry: Entry, nowMs: number): string {
  const isDirectory = entry.type === "directory";
  const mode = entry.mode ?? (isDirectory ? DIRECTORY_MODE : FILE_MODE);
  const size = String(isDirectory ? 0 : entry.size).padStart(12);
  return `${isDirectory ? "d" : "-"}${formatMode(mode)}   1 ftp      ftp      ${size} ` +
    `${formatListingTime(entry.modifiedMs, nowMs)} ${entry.name}`;
}

/** `Jan  1 12:30` within the last six months, `Jan  1  1970` otherwise. */
export function formatListingTime(ms: number, nowMs: number): string {
  const date = new Date(writableTime(ms));
  const day = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`;
  if (ms <= nowMs - RECENT_MS || ms > nowMs + CLOCK_DRIFT_MS) {
    return `${day} ${String(date.getUTCFullYear()).padStart(5)}`;
  }
  return `${day} ${twoDigits(date.getUTCHours())}:${twoDigits(date.getUTCMinutes())}`;
}

/** The nine letters of the permission bits, e.g. `rwxr-xr-x`. */
export function formatMode(mode: number): string {
  return `${TRIPLETS[mode >> 6 & 7]}${TRIPLETS[mode >> 3 & 7]}${TRIPLETS[mode & 7]}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
