// Progress lines: what they show, that they never break the line, and how the rate is measured.

import assert from "node:assert/strict";
import fc from "fast-check";
import { displayWidth } from "../../client/display_width.ts";
import { type BarState, formatBar as formatBarIn, RateMeter } from "../../client/progress_bar.ts";
import { ENGLISH } from "../../client/texts/english.ts";

const MIB = 1024 * 1024;

function formatBar(state: BarState, columns: number): string {
  return formatBarIn(state, columns, ENGLISH.transfers);
}

const HALF: BarState = {
  name: "report.pdf",
  stage: "moving",
  doneBytes: 50 * MIB,
  totalBytes: 100 * MIB,
  bytesPerSecond: 10 * MIB,
};

Deno.test("a wide terminal shows share, bar, bytes, rate and time left", () => {
  assert.equal(
    formatBar(HALF, 100),
    "report.pdf                     50%  [==========>           ]  50.0M/100M  10.0M/s   0:05",
  );
});

Deno.test("what does not fit is left out, the share last of all", () => {
  assert.match(formatBar(HALF, 60), /^report\.pdf +50% +50\.0M\/100M +10\.0M\/s +0:05$/);
  assert.match(formatBar(HALF, 30), /^report\.pdf +50% +0:05$/);
  assert.match(formatBar(HALF, 14), /^rep\.\.pdf +50%$/);
  assert.equal(formatBar(HALF, 4), " 50%");
});

Deno.test("wide names keep the columns behind them in place", () => {
  const wide = formatBar({ ...HALF, name: "年度报告-最终版本-很长很长的名字.pdf" }, 100);
  const narrow = formatBar(HALF, 100);
  const columnOf = (line: string) => displayWidth(line.slice(0, line.indexOf("[")));
  assert.equal(columnOf(wide), columnOf(narrow));
});

Deno.test("an unknown size has neither share nor bar", () => {
  assert.equal(
    formatBar({ ...HALF, totalBytes: undefined }, 80).trimEnd(),
    "report.pdf                    50.0M  10.0M/s",
  );
});

Deno.test("proving and verifying are said in the place of the rate", () => {
  assert.match(formatBar({ ...HALF, stage: "proving" }, 100), /proving$/);
  assert.match(formatBar({ ...HALF, stage: "verifying" }, 100), /verifying$/);
});

const state: fc.Arbitrary<BarState> = fc.record({
  name: fc.string({ unit: "grapheme" }),
  stage: fc.constantFrom("proving" as const, "moving" as const, "verifying" as const),
  doneBytes: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  totalBytes: fc.option(fc.nat({ max: Number.MAX_SAFE_INTEGER }), { nil: undefined }),
  bytesPerSecond: fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: undefined }),
});

Deno.test("no line is wider than the terminal, whatever it shows", () => {
  fc.assert(fc.property(state, fc.integer({ min: 1, max: 200 }), (bar, columns) => {
    const line = formatBar(bar, columns);
    assert.ok(displayWidth(line) <= columns, line);
    assert.doesNotMatch(line, /\p{Cc}/u);
  }));
});

Deno.test("100 % is said when all is there and not before", () => {
  const almost = { ...HALF, doneBytes: 100 * MIB - 1 };
  assert.match(formatBar(almost, 100), / 99% /);
  assert.match(formatBar({ ...HALF, doneBytes: 100 * MIB }, 100), /100% /);
});

Deno.test("the rate is that of the last five seconds, and unknown at first", () => {
  const meter = new RateMeter();
  assert.equal(meter.bytesPerSecond, undefined);
  meter.add(0, 0);
  assert.equal(meter.bytesPerSecond, undefined);
  meter.add(1000, 1000);
  assert.equal(meter.bytesPerSecond, 1000);
  for (let second = 2; second <= 20; second++) meter.add(1000 + (second - 1) * 10, second * 1000);
  assert.equal(meter.bytesPerSecond, 10);
});
