// Words of a line, quoted or not.

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseQuotedWords, quotedWord } from "../../shared/quoted_words.ts";

Deno.test("words that were quoted read back, whatever they hold", () => {
  const word = fc.string({ unit: fc.constantFrom("a", " ", '"', "é", ";") });
  fc.assert(fc.property(fc.array(word), (words) => {
    const line = words.map(quotedWord).join(" ");
    assert.deepEqual(parseQuotedWords(line), { ok: true, value: words });
  }));
});

Deno.test("blanks around words do not count, a quote within a word is itself", () => {
  assert.deepEqual(parseQuotedWords('  a  b"c  ""  '), { ok: true, value: ["a", 'b"c', ""] });
  assert.deepEqual(parseQuotedWords(""), { ok: true, value: [] });
});

Deno.test("a quote that is left open, or followed by more, is an error", () => {
  for (const text of ['"', '"a', 'a "b', '"a"b']) assert.equal(parseQuotedWords(text).ok, false);
});
