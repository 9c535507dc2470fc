// Sizes, durations and rates as people write them, and back.

import { type Parsed, parsed, unparsed } from "./parsed.ts";

const SIZE_UNITS = ["", "K", "M", "G", "T", "P"] as const;
const STEP = 1024;

/**
 * Reads a size: digits, perhaps a fraction, perhaps K, M, G, T or P (powers of 1024; `KB` and `KiB`
 * mean the same). Whole bytes up to 2^53-1; a fraction of a byte is rounded down.
 *
 * @returns bytes
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSize } from "./units.ts";
 * assert.deepEqual(parseSize("1.5K"), { ok: true, value: 1536 });
 * assert.equal(parseSize("-1").ok, false);
 * ```
 */
export function parseSize(text: string): Parsed<number> {
  const match = /^(\d{1,16})(?:\.(\d{1,16}))?(?:([KMGTP])(?:i?B)?|B)?$/i.exec(text);
  const expected = "a size is like 512, 10K, 10M or 1.5G (powers of 1024)";
  if (match === null) return unparsed(expected);
  const [, whole = "", fraction, letter = ""] = match;
  const factor = STEP ** unitIndex(letter);
  if (fraction !== undefined && factor === 1) return unparsed(expected);
  const bytes = Math.floor(Number(`${whole}.${fraction ?? "0"}`) * factor);
  return Number.isSafeInteger(bytes) ? parsed(bytes) : unparsed("a size is below 8P");
}

/**
 * A size in the largest unit that keeps it exact, so that {@linkcode parseSize} reads the same number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatSize } from "./units.ts";
 * assert.equal(formatSize(10 * 1024 * 1024), "10M");
 * assert.equal(formatSize(1025), "1025");
 * ```
 */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value !== 0 && value % STEP === 0 && unit < SIZE_UNITS.length - 1) {
    value /= STEP;
    unit++;
  }
  return `${value}${SIZE_UNITS[unit]}`;
}

/**
 * A size for people: three digits that matter, rounded (`1.5G`, `12.3M`, `512`).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { approximateSize } from "./units.ts";
 * assert.equal(approximateSize(1_600_000), "1.53M");
 * ```
 */
export function approximateSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 1023.5 and more would be rounded to 1024.
  while (value >= STEP - 0.5 && unit < SIZE_UNITS.length - 1) {
    value /= STEP;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)}${SIZE_UNITS[unit]}`;
}

/**
 * Reads a rate: a size a second, with or without `/s`.
 *
 * @returns bytes a second
 */
export function parseRate(text: string): Parsed<number> {
  const size = parseSize(text.replace(/\/s$/i, ""));
  if (!size.ok) return unparsed("a rate is like 500K, 10M or 1.5G (bytes a second)");
  return size.value > 0 ? size : unparsed("a rate is above 0");
}

/** A rate for people, e.g. `12.3M/s`. */
export function approximateRate(bytesPerSecond: number): string {
  return `${approximateSize(bytesPerSecond)}/s`;
}

const DURATION_UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads a duration: digits and perhaps ms, s, m, h or d; seconds without.
 *
 * @returns milliseconds
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDuration } from "./units.ts";
 * assert.deepEqual(parseDuration("300"), { ok: true, value: 300_000 });
 * assert.deepEqual(parseDuration("5m"), { ok: true, value: 300_000 });
 * ```
 */
export function parseDuration(text: string): Parsed<number> {
  const match = /^(\d{1,16})(ms|s|m|h|d)?$/i.exec(text);
  if (match === null) return unparsed("a duration is like 300 (seconds), 500ms, 5m, 2h or 7d");
  const unit = (match[2] ?? "s").toLowerCase() as keyof typeof DURATION_UNITS_MS;
  const ms = Number(match[1]) * DURATION_UNITS_MS[unit];
  return Number.isSafeInteger(ms) ? parsed(ms) : unparsed("that is no duration anybody waits for");
}

/** A duration in the largest unit that keeps it exact: {@linkcode parseDuration} reads the same number. */
export function formatDuration(ms: number): string {
  for (const unit of ["d", "h", "m", "s"] as const) {
    const unitMs = DURATION_UNITS_MS[unit];
    if (ms !== 0 && ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  }
  return ms === 0 ? "0s" : `${ms}ms`;
}

/** Seconds left as a clock shows them: `0:42`, `12:05`, `1:02:03`; for progress lines. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

function unitIndex(letter: string): number {
  return Math.max(0, SIZE_UNITS.indexOf(letter.toUpperCase() as typeof SIZE_UNITS[number]));
}
