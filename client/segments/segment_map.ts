// Which parts of a file are there: its segments, and the text they are remembered by.

import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";

/** A range of a file's bytes, filled from its start. */
export interface Segment {
  readonly start: number;
  /** One past its last byte. */
  readonly end: number;
  /** One past the last byte that is there. */
  at: number;
}

/** All segments of one version of a remote file. */
export interface SegmentMap {
  /** Bytes of the whole. */
  readonly size: number;
  /** When the remote file last changed, milliseconds since 1970 UTC, where that is known. */
  readonly modifiedMs: number | undefined;
  /** One behind the other, from 0 to `size`. */
  readonly segments: readonly Segment[];
}

/** Nobody splits a file further; a longer list was not written by us. */
const SEGMENTS_LIMIT = 64;

/**
 * Splits a file into as many segments of about the same length, or fewer that are not too short.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { planSegments } from "./segment_map.ts";
 * assert.deepEqual(planSegments(10, 2, 1).map(({ start, end }) => [start, end]), [[0, 5], [5, 10]]);
 * assert.equal(planSegments(10, 4, 5).length, 2);
 * ```
 */
export function planSegments(size: number, count: number, leastBytes: number): Segment[] {
  const possible = Math.max(1, Math.min(count, Math.floor(size / leastBytes), SEGMENTS_LIMIT));
  const border = (at: number) => Math.floor(size * at / possible);
  return Array.from({ length: possible }, (_, at) => (
    { start: border(at), end: border(at + 1), at: border(at) }
  ));
}

/** How many bytes are there. */
export function bytesThere({ segments }: Pick<SegmentMap, "segments">): number {
  return segments.reduce((sum, { start, at }) => sum + at - start, 0);
}

/** The map as one line of JSON. */
export function formatSegmentMap({ size, modifiedMs, segments }: SegmentMap): string {
  const ranges = segments.map(({ start, end, at }) => [start, end, at]);
  return `${JSON.stringify({ size, modified_ms: modifiedMs ?? null, segments: ranges })}\n`;
}

/** Reads what {@linkcode formatSegmentMap} wrote; anything else, and gaps or overlaps, are refused. */
export function parseSegmentMap(text: string): Parsed<SegmentMap> {
  const expected = unparsed("it is no list of segments");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return expected;
  }
  const { size, modified_ms: modifiedMs, segments: ranges } = (value ?? {}) as Record<
    string,
    unknown
  >;
  if (!isCount(size) || !Array.isArray(ranges) || ranges.length > SEGMENTS_LIMIT) return expected;
  if (modifiedMs !== null && !Number.isSafeInteger(modifiedMs)) return expected;
  const segments: Segment[] = [];
  let next = 0;
  for (const range of ranges) {
    if (!Array.isArray(range) || range.length !== 3 || !range.every(isCount)) return expected;
    const [start = 0, end = 0, at = 0] = range;
    if (start !== next || at < start || end < at || end === start) return expected;
    segments.push({ start, end, at });
    next = end;
  }
  if (next !== size) return expected;
  return parsed({ size, modifiedMs: (modifiedMs as number | null) ?? undefined, segments });
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
