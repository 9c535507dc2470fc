// Any way a network may cut bytes into pieces, for properties of streaming parsers.

import fc from "fast-check";

/** Bytes together with one way to cut them; empty pieces occur. */
export interface Cut {
  readonly whole: Uint8Array;
  readonly pieces: readonly Uint8Array[];
}

/** Bytes of this kind in any pieces. */
export function cut(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Cut> {
  return bytes.chain((whole) =>
    fc.array(fc.nat({ max: whole.length }), { maxLength: 8 }).map((places) => {
      const sorted = [0, ...places.toSorted((a, b) => a - b), whole.length];
      const pieces = sorted.slice(1).map((end, at) => whole.slice(sorted[at], end));
      return { whole, pieces };
    })
  );
}

/** All pieces as one. */
export function joined(pieces: Iterable<Uint8Array>): Uint8Array {
  const all = [...pieces];
  const whole = new Uint8Array(all.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of all) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
