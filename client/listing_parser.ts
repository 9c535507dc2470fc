// Lines of a listing as entries: facts, `ls -l` and DOS forms; what reads as none of them is said to.

import { type FactsLine, parseFacts } from "../shared/facts.ts";
import { parseTimeValue } from "../shared/time_value.ts";
import type { RemoteEntry } from "./remote_entry.ts";

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
  if (line === "" || /^total(?: \d+)?$/i.test(line)) return NOTHING;
  const entry = parseUnix(line, nowMs) ?? parseDos(line) ?? parseEasilyParsed(line);
  return entry === undefined ? UNKNOWN : plain(entry);
}

/** SECURITY: a name from a server becomes a path here; one that leads elsewhere is no name (`../x`, `a/b`). */
function plain(entry: RemoteEntry): ListedLine {
  if (entry.name === "." || entry.name === "..") return NOTHING;
  // U+FFFD stands for bytes that were no UTF-8: the name could not be said back to the server.
  return entry.name === "" || /[/\0\r\n\ufffd]/.test(entry.name)
    ? UNKNOWN
    : { kind: "entry", entry };
}

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** Type and permissions; NetWare writes its own kind of permissions. */
const UNIX_HEAD = /^([-dlbcpsDn])([-rwxsStT]{9})[+@.]?\s/;
const NETWARE_HEAD = /^([-d])()\s*\[[A-Z -]{7,8}\]\s/;

/** Links, owner and group; size (or device numbers); a date of `ls`, month or day first; the name. */
const LS_DATED =
  /^(.*?)\s(\d+(?:,\s*\d+)?)\s+(?:([A-Za-z]{3})\s+(\d{1,2})|(\d{1,2})\s+([A-Za-z]{3}))\s+(?:(\d{1,2}):(\d{2})|(\d{4})) (.*)$/s;
const ISO_DATED =
  /^(.*?)\s(\d+(?:,\s*\d+)?)\s+(\d{4}-\d\d-\d\d)\s+(\d\d:\d\d)(?::[\d.]+)?(?: [+-]\d{4})? (.*)$/s;

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
  const rest = line.slice(head.length - 1);
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
  const [, before = "", size = "", day, time, name = ""] = match;
  const modifiedMs = Date.parse(`${day}T${time}:00Z`);
  return Number.isNaN(modifiedMs)
    ? undefined
    : { before, size, name, modifiedMs, exactToMs: MINUTE_MS };
}

function lsDated(text: string, nowMs: number): DatedName | undefined {
  const match = LS_DATED.exec(text);
  if (match === null) return undefined;
  const [, before = "", size = "", monthFirst, dayLast, dayFirst, monthLast] = match;
  const [hour, minute, year, name = ""] = match.slice(7);
  const month = MONTHS.indexOf((monthFirst ?? monthLast ?? "").toLowerCase());
  const day = Number(dayLast ?? dayFirst);
  if (month < 0 || day < 1 || day > 31) return undefined;
  if (year !== undefined) {
    const modifiedMs = Date.UTC(Number(year), month, day);
    return { before, size, name, modifiedMs, exactToMs: DAY_MS };
  }
  const at = (inYear: number) => Date.UTC(inYear, month, day, Number(hour), Number(minute));
  const thisYear = new Date(nowMs).getUTCFullYear();
  // A server east of us is up to a day ahead.
  const modifiedMs = at(thisYear) > nowMs + DAY_MS ? at(thisYear - 1) : at(thisYear);
  return { before, size, name, modifiedMs, exactToMs: MINUTE_MS };
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
  /^(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)[-/.](\d\d)[-/.](\d{4}|\d\d))\s+(\d{1,2}):(\d\d)(?::\d\d)?\s*([AP])?M?\s+(?:<([A-Z]+)>|([\d,.]+))\s+(.+)$/i;

function parseDos(line: string): RemoteEntry | undefined {
  const match = DOS.exec(line);
  if (match === null) return undefined;
  const [
    ,
    isoYear,
    isoMonth,
    isoDay,
    month,
    day,
    year = "",
    hour,
    minute,
    half,
    kind,
    size,
    name = "",
  ] = match;
  const fullYear = Number(
    isoYear ?? (year.length === 4 ? year : (year < "70" ? "20" : "19") + year),
  );
  const hours = half === undefined ? Number(hour) : Number(hour) % 12 + (/p/i.test(half) ? 12 : 0);
  const monthAt = Number(isoMonth ?? month) - 1;
  if (monthAt > 11) return undefined;
  const link = kind !== undefined && /^(?:symlinkd?|junction)$/i.test(kind);
  const target = link ? / \[(.*)\]$/.exec(name) : null;
  return {
    ...BARE,
    name: target ? name.slice(0, target.index) : name,
    type: kind === undefined ? "file" : link ? "link" : "directory",
    size: size === undefined ? undefined : Number(size.replace(/[,.]/g, "")),
    modifiedMs: Date.UTC(fullYear, monthAt, Number(isoDay ?? day), hours, Number(minute)),
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

/** What most forms do not tell. */
const BARE = {
  mode: undefined,
  unique: undefined,
  linkTarget: undefined,
  owner: undefined,
  group: undefined,
} as const;
