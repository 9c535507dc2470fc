// Listings of IBM's machines: data sets and members of MVS, objects of AS/400.

import { fullYear, timeOf } from "./listing_dates.ts";
import { BARE, type RemoteEntry } from "./remote_entry.ts";

const DAY_MS = 24 * 60 * 60_000;

const MVS_HEADS = [/^Volume\s+Unit\s+.*\bDsname\s*$/i, /^\s*Name\s+VV\.MM\s+Created\b/i];

/** Volume, unit, last use, extents, tracks, record format, lengths, organisation, name. */
const MVS_DATA_SET =
  /^\S+\s+\S+\s+(?:(\d{4})\/(\d\d)\/(\d\d)|\*\*NONE\*\*)\s+\d+\s+\d+\s+\S+\s+\d+\s+\d+\s+(\S+)\s+'?([^\s']+)'?\s*$/;

/** A member of a library: version, created, changed, lines, who. */
const MVS_MEMBER =
  /^\s*(\S{1,8})\s+\d\d\.\d\d\s+\d{4}\/\d\d\/\d\d\s+(\d{4})\/(\d\d)\/(\d\d)\s+(\d\d):(\d\d)(?::\d\d)?\s+\d+\s+\d+\s+\d+\s+(\S+)\s*$/;

/** Owner, size, date, time, type, name; a member's line has no size of its own. */
const AS400 =
  /^(\S{1,10})\s+(?:(\d+)\s+(\d\d)[/.-](\d\d)[/.-](\d\d)\s+(\d\d):(\d\d):(\d\d)\s+)?\*([A-Z]+)\s+(\S.*?)\s*$/;

/** What holds others is a folder there; what has bytes is a file. */
const AS400_TYPES: Readonly<Record<string, RemoteEntry["type"]>> = {
  DIR: "directory",
  DDIR: "directory",
  FLR: "directory",
  LIB: "directory",
  STMF: "file",
  DSTMF: "file",
  DOC: "file",
  FILE: "file",
  MEM: "file",
};

/** Reads a line of MVS or AS/400. Sizes in tracks and lines are no bytes: they stay unknown. */
export function parseMainframe(line: string): RemoteEntry | undefined {
  return parseDataSet(line) ?? parseMember(line) ?? parseObject(line);
}

/** Whether a line is the heading of a listing of MVS. */
export function headsMainframe(line: string): boolean {
  return MVS_HEADS.some((head) => head.test(line));
}

function parseDataSet(line: string): RemoteEntry | undefined {
  const match = MVS_DATA_SET.exec(line);
  if (match === null) return undefined;
  const [, year, month, day, organisation = "", name = ""] = match;
  const usedMs = year === undefined
    ? undefined
    : timeOf(Number(year), Number(month) - 1, Number(day));
  const isLibrary = /^PO/.test(organisation);
  return {
    ...BARE,
    name,
    type: isLibrary ? "directory" : organisation === "PS" ? "file" : "other",
    size: undefined,
    modifiedMs: usedMs,
    modifiedExactToMs: usedMs === undefined ? undefined : DAY_MS,
  };
}

function parseMember(line: string): RemoteEntry | undefined {
  const match = MVS_MEMBER.exec(line);
  if (match === null) return undefined;
  const [, name = "", year, month, day, hour, minute, owner] = match;
  const modifiedMs = timeOf(...numbers(year, month, day, hour, minute));
  return {
    ...BARE,
    name,
    type: "file",
    size: undefined,
    modifiedMs,
    modifiedExactToMs: modifiedMs === undefined ? undefined : 60_000,
    owner,
  };
}

function numbers(
  year = "",
  month = "",
  day = "",
  hour = "",
  minute = "",
): [number, number, number, number, number] {
  return [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)];
}

function parseObject(line: string): RemoteEntry | undefined {
  const match = AS400.exec(line);
  if (match === null) return undefined;
  const [, owner, size, first, second, last = "", hour, minute, seconds, kind = "", name = ""] =
    match;
  // Only members come without a size; other words with a star in front are no types.
  if (size === undefined && kind !== "MEM") return undefined;
  const type = AS400_TYPES[kind] ?? "other";
  const day = objectDay(Number(first), Number(second), last);
  const modifiedMs = day &&
    timeOf(day.year, day.month, day.day, Number(hour), Number(minute), Number(seconds));
  return {
    ...BARE,
    name: name.replace(/\/$/, ""),
    type,
    size: type === "file" && size !== undefined ? Number(size) : undefined,
    modifiedMs,
    modifiedExactToMs: modifiedMs === undefined ? undefined : 60_000,
    owner,
  };
}

/** The machine's owner chooses between month and day first: where both could be a month, nobody knows. */
function objectDay(first: number, second: number, year: string) {
  if (Number.isNaN(first) || (first > 12) === (second > 12)) return undefined;
  return first > 12
    ? { year: fullYear(year), month: second - 1, day: first }
    : { year: fullYear(year), month: first - 1, day: second };
}
