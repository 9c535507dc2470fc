// Columns on a terminal: wide characters, marks, cutting in the middle, and nothing that steers it.

import assert from "node:assert/strict";
import fc from "fast-check";
import { displayWidth, fitToWidth, padToWidth, visibleText } from "../../client/display_width.ts";

Deno.test("wide characters take two columns, marks none", () => {
  const table = [
    ["", 0],
    ["report.txt", 10],
    ["报告.txt", 8],
    ["レポート", 8],
    ["ﾚﾎﾟ", 3],
    ["보고서", 6],
    ["ｆｔｐ", 6],
    ["über", 4],
    ["u\u0308ber", 4],
    ["👍🏽", 2],
    ["👨‍👩‍👧", 2],
    ["Привет", 6],
  ] as const;
  for (const [text, columns] of table) assert.equal(displayWidth(text), columns, text);
});

Deno.test("a text that was fitted is never wider, and one that fits stays as it is", () => {
  fc.assert(fc.property(
    fc.string({ unit: "grapheme" }).map(visibleText),
    fc.nat({ max: 40 }),
    (text, columns) => {
      const fitted = fitToWidth(text, columns);
      assert.ok(displayWidth(fitted) <= columns, `"${fitted}" in ${columns}`);
      if (displayWidth(text) <= columns) assert.equal(fitted, text);
    },
  ));
});

Deno.test("a long name keeps its start and its end", () => {
  assert.equal(fitToWidth("holiday-pictures-of-2024.tar.gz", 16), "holiday...tar.gz");
  assert.equal(fitToWidth("很长很长的文件名.txt", 10), "很长...txt");
});

Deno.test("padding fills up to the column, whatever the characters", () => {
  for (const text of ["a", "报告", "café"]) assert.equal(displayWidth(padToWidth(text, 9)), 9);
});

Deno.test("nothing of a name can steer a terminal", () => {
  assert.equal(visibleText("a\x1b[2J\r\nb\u202ec\x9bm"), "a?[2J??b?c?m");
});
