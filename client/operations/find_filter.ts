// What find looks for: a name, a type, a size, an age; read from what people type.

import { fitsPattern } from "../../shared/name_pattern.ts";
import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { parseDuration, parseSize } from "../../shared/units.ts";
import type { RemoteEntry } from "../remote_entry.ts";

/** What `find` looks for; what is left out fits everything. */
export interface FindFilter {
  /** A glob for the last part of the path. */
  readonly name?: string | undefined;
  readonly type?: RemoteEntry["type"] | undefined;
  readonly size?: SizeFilter | undefined;
  /** Changed after this, milliseconds since 1970 UTC. */
  readonly newerMs?: number | undefined;
  /** Changed before this. */
  readonly olderMs?: number | undefined;
}

/** A size in bytes, and which side of it is meant. */
export interface SizeFilter {
  readonly side: "above" | "below" | "exactly";
  readonly bytes: number;
}

/** Whether an entry is looked for. What the server did not tell fits no size and no time. */
export function fitsFilter(filter: FindFilter, entry: RemoteEntry): boolean {
  const { name, type, size, newerMs, olderMs } = filter;
  return (name === undefined || fitsPattern(name, entry.name)) &&
    (type === undefined || entry.type === type) &&
    (size === undefined || fitsSize(size, entry.size)) &&
    (newerMs === undefined || (entry.modifiedMs ?? -Infinity) > newerMs) &&
    (olderMs === undefined || (entry.modifiedMs ?? Infinity) < olderMs);
}

function fitsSize({ side, bytes }: SizeFilter, size: number | undefined): boolean {
  if (size === undefined) return false;
  return side === "above" ? size > bytes : side === "below" ? size < bytes : size === bytes;
}

const TYPES: Readonly<Record<string, RemoteEntry["type"]>> = {
  f: "file",
  d: "directory",
  l: "link",
};

/** The letters that {@linkcode parseEntryType} reads. */
export const TYPE_LETTERS = Object.keys(TYPES);

/** Reads `f`, `d` or `l`. */
export function parseEntryType(text: string): Parsed<RemoteEntry["type"]> {
  const type = Object.hasOwn(TYPES, text) ? TYPES[text] : undefined;
  return type === undefined
    ? unparsed(`a type is one of ${TYPE_LETTERS.join(", ")}`)
    : parsed(type);
}

/**
 * Reads `+10M` (more), `-1K` (less) or `512` (exactly).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSizeFilter } from "./find_filter.ts";
 * assert.deepEqual(parseSizeFilter("+1K"), { ok: true, value: { side: "above", bytes: 1024 } });
 * ```
 */
export function parseSizeFilter(text: string): Parsed<SizeFilter> {
  const size = parseSize(text.replace(/^[+-]/, ""));
  if (!size.ok) return unparsed("a size is like +10M (more), -1K (less) or 512 (exactly)");
  const side = text.startsWith("+") ? "above" : text.startsWith("-") ? "below" : "exactly";
  return parsed({ side, bytes: size.value });
}

const DAY_AND_TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?Z?)?$/;

/**
 * Reads a moment: a day or a time (`2026-01-31`, `2026-01-31T12:00`, UTC), or how long ago it was (`7d`, `2h`).
 *
 * @returns milliseconds since 1970 UTC
 */
export function parseMoment(text: string, nowMs: number): Parsed<number> {
  const expected = "a moment is like 2026-01-31, 2026-01-31T12:00 (UTC) or 7d (ago)";
  const match = DAY_AND_TIME.exec(text);
  if (match !== null) {
    const [, day = "", time = "00:00", seconds = ":00"] = match;
    const ms = Date.parse(`${day}T${time}${seconds}Z`);
    // 30 February is another day to some engines.
    return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(day)
      ? unparsed("there is no such day")
      : parsed(ms);
  }
  const ago = /[smhd]$/.test(text) ? parseDuration(text) : unparsed(expected);
  return ago.ok ? parsed(nowMs - ago.value) : unparsed(expected);
}
