// Sizes, durations and rates: what is read, what is not, and that printing reads back.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  approximateRate,
  approximateSize,
  clockTime,
  formatDuration,
  formatSize,
  parseDuration,
  parseRate,
  parseSize,
} from "../../shared/units.ts";

Deno.test("sizes are read in powers of 1024", () => {
  const sizes: [string, number][] = [
    ["0", 0],
    ["512", 512],
    ["10K", 10_240],
    ["10k", 10_240],
    ["10KB", 10_240],
    ["10KiB", 10_240],
    ["10M", 10_485_760],
    ["1.5G", 1_610_612_736],
    ["2T", 2_199_023_255_552],
    ["0.1K", 102],
    ["7B", 7],
  ];
  for (const [text, bytes] of sizes) {
    assert.deepEqual(parseSize(text), { ok: true, value: bytes }, text);
  }
});

Deno.test("texts that are no sizes are not read", () => {
  for (
    const text of ["", "-1", "+1", "1.5", "K", "1KK", "1 K", "0x10", "1e3", "1.K", ".5K", "8P", "١"]
  ) {
    assert.equal(parseSize(text).ok, false, text);
  }
});

Deno.test("a size that is printed reads back exactly", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (bytes) => {
    assert.deepEqual(parseSize(formatSize(bytes)), { ok: true, value: bytes });
  }));
  fc.assert(fc.property(fc.nat(1023), fc.nat(4), (value, unit) => {
    const text = formatSize(value * 1024 ** unit);
    assert.deepEqual(parseSize(text), { ok: true, value: value * 1024 ** unit });
    assert.ok(text.length <= 5, text);
  }));
});

Deno.test("an approximate size has three digits that matter and is near", () => {
  fc.assert(fc.property(fc.nat({ max: 7 * 1024 ** 5 }), (bytes) => {
    const text = approximateSize(bytes);
    assert.match(text, /^\d{1,4}(\.\d{1,2})?[KMGTP]?$/);
    assert.ok(text.replace(/[^\d]/g, "").length <= 4, text);
    const read = parseSize(text);
    assert.ok(read.ok && Math.abs(read.value - bytes) <= bytes * 0.006 + 1, `${bytes} ${text}`);
  }));
  const shown = [0, 1023, 1024, 1_610_612_736, 104_857_600, 1_048_575].map(approximateSize);
  assert.deepEqual(shown, ["0", "1023", "1.00K", "1.50G", "100M", "1.00M"]);
});

Deno.test("rates are sizes a second", () => {
  assert.deepEqual(parseRate("10M"), { ok: true, value: 10_485_760 });
  assert.deepEqual(parseRate("500K/s"), { ok: true, value: 512_000 });
  for (const text of ["0", "", "10M/h", "fast"]) assert.equal(parseRate(text).ok, false, text);
  assert.equal(approximateRate(1536), "1.50K/s");
});

Deno.test("durations are seconds unless a unit says otherwise", () => {
  const durations: [string, number][] = [
    ["300", 300_000],
    ["0", 0],
    ["500ms", 500],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["7D", 604_800_000],
  ];
  for (const [text, ms] of durations) {
    assert.deepEqual(parseDuration(text), { ok: true, value: ms }, text);
  }
  for (const text of ["", "-5", "5.5", "5 m", "m", "5w", "9999999999999999d"]) {
    assert.equal(parseDuration(text).ok, false, text);
  }
});

Deno.test("a duration that is printed reads back exactly", () => {
  fc.assert(fc.property(fc.nat({ max: 10 ** 12 }), (ms) => {
    assert.deepEqual(parseDuration(formatDuration(ms)), { ok: true, value: ms });
  }));
});

Deno.test("no text makes a parser throw, and what is read is a whole number from 0 on", () => {
  const signs = fc.string({ unit: fc.constantFrom(..."019.-+ekKMGms/b "), maxLength: 6 });
  const near = fc.tuple(fc.nat(), fc.constantFrom("", "", "K", "m", "x")).map((parts) =>
    parts.join("")
  );
  for (const parse of [parseSize, parseRate, parseDuration]) {
    const verdicts = { read: 0, refused: 0 };
    fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), signs, near), (text) => {
      const read = parse(text);
      verdicts[read.ok ? "read" : "refused"]++;
      if (read.ok) assert.ok(Number.isSafeInteger(read.value) && read.value >= 0);
      else assert.match(read.why, /^[^\r\n]+$/);
    }));
    assert.ok(verdicts.read > 0 && verdicts.refused > 0, parse.name);
  }
});

Deno.test("time that is left is shown as on a clock", () => {
  assert.deepEqual([0, 42, 725, 3723, -1].map(clockTime), [
    "0:00",
    "0:42",
    "12:05",
    "1:02:03",
    "0:00",
  ]);
});
