// Asserts that two contents are the same. An assertion of lists would write out how they differ, which takes minutes.

import assert from "node:assert/strict";

/** Fails with the place of the first byte that differs. */
export function assertSameBytes(actual: Uint8Array, expected: Uint8Array, about = ""): void {
  const at = actual.findIndex((byte, place) => byte !== expected[place]);
  if (at < 0 && actual.length === expected.length) return;
  const place = at < 0 ? Math.min(actual.length, expected.length) : at;
  const sizes = `${actual.length} bytes, of ${expected.length} expected`;
  assert.fail(`${about && `${about}: `}${sizes}, differ from them at ${place}`);
}
