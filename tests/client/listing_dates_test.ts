// Dates of listings: the year that is not written, and months in the languages that servers speak.

import assert from "node:assert/strict";
import { monthOf, yearlessTime } from "../../client/listing_dates.ts";

Deno.test("a time without a year knows the edges of years, of leap years and of time zones", () => {
  const time = (nowMs: number, ...args: [number, number, number, number]) => {
    const ms = yearlessTime(nowMs, ...args);
    return ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16);
  };
  const newYear = Date.UTC(2026, 0, 1, 0, 30);
  assert.equal(time(newYear, 11, 31, 23, 59), "2025-12-31T23:59");
  assert.equal(time(newYear, 0, 1, 0, 10), "2026-01-01T00:10");
  // A server in Auckland, seen from here before midnight.
  const lastDay = Date.UTC(2026, 11, 31, 18, 0);
  assert.equal(time(lastDay, 0, 1, 7, 0), "2027-01-01T07:00");
  assert.equal(time(lastDay, 0, 2, 7, 0), "2026-01-02T07:00");
  assert.equal(time(Date.UTC(2026, 2, 1), 1, 29, 12, 0), "2024-02-29T12:00");
  assert.equal(time(Date.UTC(2026, 2, 1), 1, 30, 12, 0), undefined);
});

Deno.test("no word of one language is another month in another", () => {
  assert.deepEqual(["JAN", "mai", "Dez.", "янв.", "0月", "13月", "x"].map(monthOf), [
    ...[0, 4, 11, 0, undefined, undefined, undefined],
  ]);
});
