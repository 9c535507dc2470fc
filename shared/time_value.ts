// Times as MDTM, MFMT and MLST write them: YYYYMMDDHHMMSS[.sss], always UTC (RFC 3659, 2.3).

import { type Parsed, parsed, unparsed } from "./parsed.ts";

const TIME_VALUE = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?$/;

/** 9999-12-31T23:59:59.999Z: four digits of year hold no more. */
const LAST_MS = 253_402_300_799_999;
/** 0000-01-01T00:00:00Z. */
const FIRST_MS = -62_167_219_200_000;

/**
 * Reads a time; answers milliseconds since 1970 UTC, finer fractions cut off.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTimeValue } from "./time_value.ts";
 * assert.deepEqual(parseTimeValue("19990929042312.5"), {
 *   ok: true,
 *   value: Date.UTC(1999, 8, 29, 4, 23, 12, 500),
 * });
 * assert.equal(parseTimeValue("20230230000000").ok, false);
 * ```
 */
export function parseTimeValue(text: string): Parsed<number> {
  const match = TIME_VALUE.exec(text);
  if (match === null) return unparsed("expected a time as YYYYMMDDHHMMSS");
  const [, year, month, day, hour, minute, second, fraction = ""] = match;
  const milliseconds = fraction.padEnd(3, "0").slice(0, 3);
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`;
  const ms = Date.parse(iso);
  // A day such as 30 February parses in some engines, as another day.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== iso) return unparsed("no such time");
  return parsed(ms);
}

/** Writes a time, with its milliseconds where there are any; see {@linkcode writableTime}. */
export function formatTimeValue(ms: number): string {
  const date = new Date(writableTime(ms));
  // In two numbers, since a long listing writes a great many: a third of what an ISO text costs.
  const day = date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  const time = date.getUTCHours() * 10_000 + date.getUTCMinutes() * 100 + date.getUTCSeconds();
  const digits = `${String(day).padStart(8, "0")}${String(time).padStart(6, "0")}`;
  const milliseconds = date.getUTCMilliseconds();
  return milliseconds === 0 ? digits : `${digits}.${String(milliseconds).padStart(3, "0")}`;
}

/** The nearest time that four digits of year can tell; 1970 for what is no time at all. */
export function writableTime(ms: number): number {
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(Math.floor(ms), FIRST_MS), LAST_MS);
}

/** The whole second a time lies in: what clients compare, since most know no fraction. */
export function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
