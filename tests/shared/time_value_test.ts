// RFC 3659 times: what is printed parses, and no day is invented.

import assert from "node:assert/strict";
import fc from "fast-check";
import { formatTimeValue, parseTimeValue, wholeSecond } from "../../shared/time_value.ts";

const FIRST_MS = Date.parse("0000-01-01T00:00:00Z");
const LAST_MS = Date.parse("9999-12-31T23:59:59.999Z");

Deno.test("a time printed parses to itself", () => {
  fc.assert(fc.property(fc.integer({ min: FIRST_MS, max: LAST_MS }), (ms) => {
    assert.deepEqual(parseTimeValue(formatTimeValue(ms)), { ok: true, value: ms });
  }));
});

Deno.test("a whole second is printed without a fraction", () => {
  fc.assert(fc.property(fc.integer({ min: FIRST_MS, max: LAST_MS }), (ms) => {
    assert.match(formatTimeValue(wholeSecond(ms)), /^\d{14}$/);
  }));
});

Deno.test("a time beyond four digits of year is printed as the nearest that fits", () => {
  assert.equal(formatTimeValue(8.64e15), "99991231235959.999");
  assert.equal(formatTimeValue(-8.64e15), "00000101000000");
});

Deno.test("what is no time at all is printed as 1970", () => {
  assert.equal(formatTimeValue(NaN), "19700101000000");
});

Deno.test("a fraction finer than milliseconds is cut off", () => {
  assert.deepEqual(parseTimeValue("19700101000000.0019"), { ok: true, value: 1 });
});

for (
  const text of [
    "",
    "1970010100000",
    "197001010000000",
    "19700132000000",
    "19700001000000",
    "20230229000000",
    "19700101240000",
    "19700101006000",
    "19700101000060",
    "19700101000000.",
    "-9700101000000",
  ]
) {
  Deno.test(`"${text}" is no time`, () => assert.equal(parseTimeValue(text).ok, false));
}
