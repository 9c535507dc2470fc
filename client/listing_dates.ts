// Dates as listings write them: months in many languages, days without a year.

/** Names of months as `ls` abbreviates them, without their dots; no two languages here mean two months by one. */
const MONTH_NAMES: readonly string[] = [
  "jan janv january ene enero gen sty led oca tammi янв января",
  "feb fév févr febr february fev lut úno şub helmi фев февр февраля",
  "mar mär märz mars march mrt maa bře maalis мар марта",
  "apr avr avril april abr kwi dub nis huhti апр апреля",
  "may mai maj mei mag maggio kvě touko май мая",
  "jun juin juni june giu cze čer haz kesä июн июня",
  "jul juil juli july lug lip čec tem heinä июл июля",
  "aug août aout august ago sie srp ağu elo авг августа",
  "sep sept september set wrz zář eyl syys сен сент сентября",
  "oct okt october oktober out ott paź říj eki loka окт октября",
  "nov november kas marras ноя нояб ноября",
  "dec déc dez december dic gru pro ara joulu дек декабря",
];

const MONTHS: ReadonlyMap<string, number> = new Map(
  MONTH_NAMES.flatMap((names, month) => names.split(" ").map((name) => [name, month] as const)),
);

/**
 * Which month a word names: `Jan`, `févr.`, `Okt`, `3月`; 0 for January.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { monthOf } from "./listing_dates.ts";
 * assert.deepEqual(["Mär", "août", "12月", "Foo"].map(monthOf), [2, 7, 11, undefined]);
 * ```
 */
export function monthOf(word: string): number | undefined {
  const number = /^(\d{1,2})月$/.exec(word)?.[1];
  if (number !== undefined) {
    return Number(number) >= 1 && Number(number) <= 12 ? Number(number) - 1 : undefined;
  }
  return MONTHS.get(word.toLowerCase().normalize("NFC").replace(/\.$/, ""));
}

/** A day that there is, and its time, milliseconds since 1970 UTC; `undefined` for 30 February. */
export function timeOf(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
): number | undefined {
  const ms = Date.UTC(year, month, day, hour, minute, second);
  const date = new Date(ms);
  const isReal = date.getUTCMonth() === month && date.getUTCDate() === day && hour < 24 &&
    minute < 60 && second < 60;
  return isReal ? ms : undefined;
}

const DAY_MS = 24 * 60 * 60_000;

/** A 29 February is that long ago at most. */
const YEARS_BACK = 8;

/**
 * A time without its year: the last one that was not in the future. A server east of us is up to a day ahead, and may
 * have begun another year.
 */
export function yearlessTime(
  nowMs: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
): number | undefined {
  const nextYear = new Date(nowMs).getUTCFullYear() + 1;
  for (let year = nextYear; year >= nextYear - YEARS_BACK; year--) {
    const ms = timeOf(year, month, day, hour, minute);
    if (ms !== undefined && ms <= nowMs + DAY_MS) return ms;
  }
  return undefined;
}

/** A year of two digits, as listings mean it: from 1970 to 2069. */
export function fullYear(text: string): number {
  const year = Number(text);
  return text.length > 2 ? year : year < 70 ? 2000 + year : 1900 + year;
}
