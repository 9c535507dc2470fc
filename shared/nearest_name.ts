// Which known name a mistyped one probably meant.

/** More edits than this are no typing mistake but another word. */
const MAX_EDITS = 2;
/** Longer texts are not compared: nobody mistypes them, and the comparison is quadratic. */
const LIMIT_CHARACTERS = 64;

/**
 * The known name that is at most two edits away (one in four characters for short names); the
 * nearest of several.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nearestName } from "./nearest_name.ts";
 * assert.equal(nearestName("srve", ["serve", "put"]), "serve");
 * assert.equal(nearestName("sing", ["serve", "put"]), undefined);
 * ```
 */
export function nearestName(text: string, known: Iterable<string>): string | undefined {
  if (text.length > LIMIT_CHARACTERS) return undefined;
  const allowed = Math.min(MAX_EDITS, Math.ceil(text.length / 4));
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of known) {
    const edits = editDistance(text.toLowerCase(), name.toLowerCase());
    if (edits <= allowed && (best === undefined || edits < best.edits)) best = { name, edits };
  }
  return best?.name;
}

/** Inserted, removed, replaced and swapped neighbouring characters each count one. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let edits = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, at(beforePrevious, j - 2) + 1);
      }
      row.push(edits);
    }
    beforePrevious = previous;
    previous = row;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
