// Lines of the shell: blanks, quotes, backslashes, comments; and back.

import assert from "node:assert/strict";
import fc from "fast-check";
import { continueWord, parseLine, unfinishedWord } from "../../client/shell/words.ts";

/** The words of all commands; `&&` and `;` where one of them ends. */
function words(line: string): string[] {
  const answer = parseLine(line);
  assert.ok(answer.ok, line);
  return answer.value.flatMap(({ words, needsSuccess }, at) => [
    ...(at === 0 ? [] : [needsSuccess ? "&&" : ";"]),
    ...words.map(({ text, isQuoted }) => isQuoted ? `<${text}>` : text),
  ]);
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
  ["cd a&&get b ;ls;", "cd", "a", "&&", "get", "b", ";", "ls"],
  ["put 'a;b' c\\&\\&d e&f", "put", "<a;b>", "<c&&d>", "e&f"],
  [";; ls", "ls"],
  ["!ls -l | wc; echo 'x", "<!>", "<ls -l | wc; echo 'x>"],
  ["pwd; !date", "pwd", ";", "<!>", "<date>"],
];

for (const [line, ...expected] of TABLE) {
  Deno.test(`the line ${JSON.stringify(line)} is ${expected.length} words`, () => {
    assert.deepEqual(words(line), expected);
  });
}

Deno.test("a quote that is not closed is told", () => {
  for (const line of ["get 'a", 'get "a', `get "a'`, 'get "a\\"']) {
    assert.equal(parseLine(line).ok, false, line);
  }
});

Deno.test("&& wants a command on both sides", () => {
  for (const line of ["&& ls", "ls &&", "ls && ; pwd", "a; && b"]) {
    assert.equal(parseLine(line).ok, false, line);
  }
});

Deno.test("words that were quoted are read back as themselves", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1 });
  const quote = fc.constantFrom(undefined, "'", '"');
  fc.assert(fc.property(fc.array(fc.tuple(text, quote)), (given) => {
    const typed = given.map(([text, quote]) => closed(continueWord(text, quote)));
    const answer = parseLine(typed.join(" "));
    assert.ok(answer.ok);
    const read = answer.value.flatMap(({ words }) => words.map(({ text }) => text));
    assert.deepEqual(read, given.map(([text]) => text));
  }));
});

/** With the quote closed that it begins with. */
function closed(word: string): string {
  return /^['"]/.test(word) ? word + word[0] : word;
}

Deno.test("a word that was completed, in quotes or without, is read back as itself", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1 });
  fc.assert(fc.property(text, fc.constantFrom(undefined, "'", '"'), (text, quote) => {
    const typed = continueWord(text, quote);
    const { text: read, start } = unfinishedWord(`cd x && get a ${typed}`);
    assert.deepEqual([read, start], [text, "cd x && get a ".length]);
  }));
});

Deno.test("the word at the cursor is known with its command, also while a quote is open", () => {
  const seen = (line: string) => {
    const { before, text, start, openQuote } = unfinishedWord(line);
    return [before.map((word) => word.text), text, start, openQuote];
  };
  assert.deepEqual(seen("get 'a b"), [["get"], "a b", 4, "'"]);
  assert.deepEqual(seen("cd a; ls "), [["ls"], "", 9, undefined]);
  assert.deepEqual(seen("cd a&&l"), [[], "l", 6, undefined]);
  assert.deepEqual(seen(""), [[], "", 0, undefined]);
});
