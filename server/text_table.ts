// Rows in aligned columns, for people.

/**
 * The lines of a table: each column as wide as its widest cell, no trailing spaces.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { textTable } from "./text_table.ts";
 * assert.equal(textTable(["A", "B"], [["long", "x"]]), "A     B\nlong  x\n");
 * ```
 */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const lines = all.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
  return `${lines.join("\n")}\n`;
}
