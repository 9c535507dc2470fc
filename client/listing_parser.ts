// Lines of a listing as entries: facts, `ls -l`, DOS and rarer forms; what reads as none of them is said to.

import { type FactsLine, parseFacts } from "../shared/facts.ts";
import { parseTimeValue } from "../shared/time_value.ts";
import { fullYear, monthOf, timeOf, yearlessTime } from "./listing_dates.ts";
import { headsMainframe, parseMainframe } from "./mainframe_listing.ts";
import { BARE, type RemoteEntry } from "./remote_entry.ts";
import { framesVms, parseVms } from "./vms_listing.ts";

/** What a line turned out to be. `nothing`: a line of the form itself (`total 12`, `.`, an empty one). */
export type ListedLine =
  | { readonly kind: "entry"; readonly entry: RemoteEntry }
  | { readonly kind: "nothing" }
  | { readonly kind: "unknown" };

const NOTHING: ListedLine = { kind: "nothing" };
const UNKNOWN: ListedLine = { kind: "unknown" };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Reads a line of MLSD.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMachineLine } from "./listing_parser.ts";
 * const line = parseMachineLine("type=file;size=3; a b");
 * assert.equal(line.kind === "entry" && line.entry.name, "a b");
 * ```
 */
export function parseMachineLine(line: string): ListedLine {
  if (line === "") return NOTHING;
  const facts = parseFacts(line);
  if (!facts.ok) return UNKNOWN;
  const type = facts.value.facts.get("type")?.toLowerCase();
  if (type === "cdir" || type === "pdir") return NOTHING;
  return plain(entryOfMachineFacts(facts.value));
}

/** The entry that facts tell of (MLSD, MLST); a missing fact is unknown, not 0. */
export function entryOfMachineFacts({ facts, name }: FactsLine): RemoteEntry {
  const modified = parseTimeValue(facts.get("modify") ?? "");
  const mode = facts.get("unix.mode");
  const size = facts.get("size");
  return {
    name,
    ...typeOfFact(facts.get("type") ?? ""),
    size: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    modifiedMs: modified.ok ? modified.value : undefined,
    modifiedExactToMs: modified.ok ? 1000 : undefined,
    mode: mode !== undefined && /^[0-7]{1,5}$/.test(mode) ? parseInt(mode, 8) & 0o7777 : undefined,
    unique: facts.get("unique"),
    owner: facts.get("unix.ownername") ?? facts.get("unix.owner") ?? facts.get("unix.uid"),
    group: facts.get("unix.groupname") ?? facts.get("unix.group") ?? facts.get("unix.gid"),
  };
}

function typeOfFact(fact: string): Pick<RemoteEntry, "type" | "linkTarget"> {
  const lower = fact.toLowerCase();
  if (lower === "file") return { type: "file", linkTarget: undefined };
  if (lower === "dir" || lower === "cdir" || lower === "pdir") {
    return { type: "directory", linkTarget: undefined };
  }
  const link = /^os\.unix=s(?:ym)?link(?::(.*))?$/i.exec(fact);
  return link ? { type: "link", linkTarget: link[1] } : { type: "other", linkTarget: undefined };
}

/**
 * Reads a line of LIST in any form we know.
 *
 * @param nowMs the year of a time such as `Jan 31 12:30` is the last one in which it was not in the future.
 */
export function parseListLine(line: string, nowMs: number): ListedLine {
  const entry = parseUnix(line, nowMs) ?? parseDos(line) ?? parseEasilyParsed(line) ??
    parseVms(line) ?? parseMainframe(line);
  if (entry !== undefined) return plain(entry);
  return namesNothing(line) ? NOTHING : UNKNOWN;
}

/** Whether a line is of the form itself: empty, a total, a heading. */
function namesNothing(line: string): boolean {
  return line.trim() === "" || TOTAL.test(line) || framesVms(line) || headsMainframe(line);
}

/** `total 12`, in the languages that `ls` speaks. */
const TOTAL = /^(?:total|totale|insgesamt|totaal|итого|合計|总用量|総計)(?:\s+[\d.,]+[KMG]?)?$/i;

/** SECURITY: a name from a server becomes a path here; one that leads elsewhere is no name (`../x`, `a/b`). */
function plain(entry: RemoteEntry): ListedLine {
  if (entry.name === "." || entry.name === "..") return NOTHING;
  // U+FFFD stands for bytes that were no UTF-8: the name could not be said back to the server.
  return entry.name === "" || /[/\0\r\n\ufffd]/.test(entry.name)
    ? UNKNOWN
    : { kind: "entry", entry };
}

/** Type and permissions, to which some glue the number of links; NetWare writes its own kind of permissions. */
const UNIX_HEAD = /^([-dlbcpsDn])([-rwxsStT]{9})[+@.]?(?=\s|\d+\s)/;
const NETWARE_HEAD = /^([-d])()\s*\[[A-Z -]{7,8}\](?=\s)/;

/** Links, owner and group; size (or device numbers); a date of `ls`, month or day first; the name. */
const LS_DATED =
  /^(.*?)\s(\d+(?:,\s*\d+)?)\s+(?:(\p{L}{3,9}\.?|\d{1,2}月)\s+(\d{1,2})[.日]?|(\d{1,2})\.?\s+(\p{L}{3,9}\.?))\s+(?:(\d{1,2}):(\d{2})|(\d{4})年?) (.*)$/su;
const ISO_DATED =
  /^(.*?)\s(\d+(?:,\s*\d+)?)\s+(\d{4})-(\d\d)-(\d\d)\s+(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?: ([+-])(\d\d)(\d\d))? (.*)$/s;

/** What follows the permissions. */
interface DatedName {
  readonly before: string;
  readonly size: string;
  readonly modifiedMs: number;
  readonly exactToMs: number;
  readonly name: string;
}

function parseUnix(line: string, nowMs: number): RemoteEntry | undefined {
  const [head, letter = "", permissions = ""] = UNIX_HEAD.exec(line) ?? NETWARE_HEAD.exec(line) ??
    [];
  if (head === undefined) return undefined;
  const rest = line.slice(head.length);
  // A name may hold a date of the other form: the first one is the file's.
  const [dated] = [lsDated(rest, nowMs), isoDated(rest)]
    .filter((found) => found !== undefined)
    .sort((one, other) => one.before.length - other.before.length);
  if (dated === undefined) return undefined;
  const words = dated.before.split(/\s+/).filter((word) => word !== "");
  if (words.length > 1 && /^\d+$/.test(words[0]!)) words.shift();
  const [owner, ...group] = words;
  const type = UNIX_TYPES[letter] ?? "other";
  const arrow = type === "link" ? dated.name.indexOf(" -> ") : -1;
  return {
    name: arrow < 0 ? dated.name : dated.name.slice(0, arrow),
    type,
    size: type === "file" && !dated.size.includes(",") ? Number(dated.size) : undefined,
    modifiedMs: dated.modifiedMs,
    modifiedExactToMs: dated.exactToMs,
    mode: permissions.length === 9 ? modeOf(permissions) : undefined,
    unique: undefined,
    linkTarget: arrow < 0 ? undefined : dated.name.slice(arrow + 4),
    owner,
    group: group.length > 0 ? group.join(" ") : undefined,
  };
}

const UNIX_TYPES: Readonly<Record<string, RemoteEntry["type"]>> = {
  "-": "file",
  "n": "file",
  "d": "directory",
  "l": "link",
};

function isoDated(text: string): DatedName | undefined {
  const match = ISO_DATED.exec(text);
  if (match === null) return undefined;
  const [, before = "", size = "", year, month, day, hour, minute, second, ...rest] = match;
  const [zone = "+", zoneHours = 0, zoneMinutes = 0, name = ""] = rest;
  const [years, months, days] = [Number(year), Number(month) - 1, Number(day)];
  const localMs = timeOf(years, months, days, Number(hour), Number(minute), Number(second ?? 0));
  if (localMs === undefined) return undefined;
  const aheadMs = (Number(zoneHours) * 60 + Number(zoneMinutes)) * MINUTE_MS;
  const modifiedMs = zone === "-" ? localMs + aheadMs : localMs - aheadMs;
  return { before, size, name, modifiedMs, exactToMs: MINUTE_MS };
}

function lsDated(text: string, nowMs: number): DatedName | undefined {
  const match = LS_DATED.exec(text);
  if (match === null) return undefined;
  const [, before = "", size = "", monthFirst, dayLast, dayFirst, monthLast] = match;
  const [hour, minute, year, name = ""] = match.slice(7);
  const month = monthOf(monthFirst ?? monthLast ?? "");
  const day = Number(dayLast ?? dayFirst);
  if (month === undefined) return undefined;
  const modifiedMs = year === undefined
    ? yearlessTime(nowMs, month, day, Number(hour), Number(minute))
    : timeOf(Number(year), month, day);
  if (modifiedMs === undefined) return undefined;
  return { before, size, name, modifiedMs, exactToMs: year === undefined ? MINUTE_MS : DAY_MS };
}

function modeOf(permissions: string): number {
  let mode = 0;
  for (const letter of permissions) mode = mode * 2 + (/[rwxst]/.test(letter) ? 1 : 0);
  if (/[sS]/.test(permissions[2] ?? "")) mode |= 0o4000;
  if (/[sS]/.test(permissions[5] ?? "")) mode |= 0o2000;
  if (/[tT]/.test(permissions[8] ?? "")) mode |= 0o1000;
  return mode;
}

/** IIS and other Windows servers: `01-29-97  11:32PM  <DIR>  name`, years with two or four digits. */
const DOS =
  /^(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)([-/.])(\d\d)\5(\d{4}|\d\d))\s+(\d{1,2}):(\d\d)(?::\d\d)?\s*([AP])?M?\s+(?:<([A-Z]+)>|([\d,.]+))\s+(.+)$/i;

function parseDos(line: string): RemoteEntry | undefined {
  const match = DOS.exec(line);
  if (match === null) return undefined;
  const [, isoYear, isoMonth, isoDay, first, separator, second, year = "", ...rest] = match;
  const [hour, minute, half, kind, size, name = ""] = rest;
  // Where dots stand between them the day comes first.
  const [month, day] = separator === "." ? [second, first] : [first, second];
  const hours = half === undefined ? Number(hour) : Number(hour) % 12 + (/p/i.test(half) ? 12 : 0);
  const modifiedMs = timeOf(
    fullYear(isoYear ?? year),
    Number(isoMonth ?? month) - 1,
    Number(isoDay ?? day),
    hours,
    Number(minute),
  );
  if (modifiedMs === undefined) return undefined;
  const link = kind !== undefined && /^(?:symlinkd?|junction)$/i.test(kind);
  const target = link ? / \[(.*)\]$/.exec(name) : null;
  return {
    ...BARE,
    name: target ? name.slice(0, target.index) : name,
    type: kind === undefined ? "file" : link ? "link" : "directory",
    size: size === undefined ? undefined : Number(size.replace(/[,.]/g, "")),
    modifiedMs,
    modifiedExactToMs: MINUTE_MS,
    linkTarget: target?.[1],
  };
}

/** EPLF (D. J. Bernstein's publicfile): `+i8388621.29609,m824255902,/,<TAB>tdev`. */
function parseEasilyParsed(line: string): RemoteEntry | undefined {
  const tab = line.indexOf("\t");
  if (!line.startsWith("+") || tab < 0) return undefined;
  const facts = line.slice(1, tab).split(",");
  const after = (letter: string) => facts.find((fact) => fact.startsWith(letter))?.slice(1);
  const size = after("s");
  const modified = after("m");
  return {
    ...BARE,
    name: line.slice(tab + 1),
    type: facts.includes("/") ? "directory" : facts.includes("r") ? "file" : "other",
    size: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    modifiedMs: modified !== undefined && /^\d{1,11}$/.test(modified)
      ? Number(modified) * 1000
      : undefined,
    modifiedExactToMs: modified === undefined ? undefined : 1000,
    unique: after("i"),
  };
}
