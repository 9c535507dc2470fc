// Lines of the shell: blanks, quotes, backslashes, comments; and back.

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseWords, quoteWord } from "../../client/shell/words.ts";

function words(line: string): string[] {
  const answer = parseWords(line);
  assert.ok(answer.ok, line);
  return answer.value.map(({ text, isQuoted }) => isQuoted ? `<${text}>` : text);
}

const TABLE: readonly (readonly [string, ...string[]])[] = [
  [""],
  ["   \t "],
  ["ls", "ls"],
  ["  get  a   b ", "get", "a", "b"],
  ["get 'a b'", "get", "<a b>"],
  [`get "a b"`, "get", "<a b>"],
  ["get a\\ b", "get", "<a b>"],
  ["get a' 'b", "get", "<a b>"],
  [`get "a\\"b" 'a\\b' "a\\b"`, "get", '<a"b>', "<a\\b>", "<a\\b>"],
  [`get ''`, "get", "<>"],
  ["ls # all of it", "ls"],
  ["# nothing", ...[]],
  ["get a#b", "get", "a#b"],
  ["get \\#b", "get", "<#b>"],
  ["get \\", "get", "<\\>"],
  ["get 报告 *.txt", "get", "报告", "*.txt"],
];

for (const [line, ...expected] of TABLE) {
  Deno.test(`the line ${JSON.stringify(line)} is ${expected.length} words`, () => {
    assert.deepEqual(words(line), expected);
  });
}

Deno.test("a quote that is not closed is told", () => {
  for (const line of ["get 'a", 'get "a', `get "a'`, 'get "a\\"']) {
    assert.equal(parseWords(line).ok, false, line);
  }
});

Deno.test("a word that was quoted is read back as itself", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
    const answer = parseWords(texts.map(quoteWord).join(" "));
    assert.ok(answer.ok);
    assert.deepEqual(answer.value.map(({ text }) => text), texts);
  }));
});
