// The tables of texts: nothing missing, nothing left in another language, everything the commands need.

import assert from "node:assert/strict";
import { SHELL_COMMANDS } from "../../client/shell/command_table.ts";
import { CHINESE } from "../../client/texts/chinese.ts";
import { ENGLISH } from "../../client/texts/english.ts";
import { REPOSITORY } from "../support/program.ts";

type Table = { readonly [key: string]: unknown };

/** Every text by its path: functions are called with marks that must come back. */
function textsOf(table: Table, before = ""): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(table)) {
    const path = before + key;
    if (typeof value === "string") texts.set(path, value);
    else if (Array.isArray(value)) texts.set(path, value.join(" "));
    else if (typeof value === "function") {
      const marks = Array.from({ length: value.length }, (_, at) => `<${at}>`);
      texts.set(path, String(value(...marks)));
    } else for (const each of textsOf(value as Table, `${path}.`)) texts.set(...each);
  }
  return texts;
}

/** Texts that are no words: the same everywhere, or made of what goes in. */
const NO_WORDS = new Set(["answers.yesWords", "answers.noWords"]);

Deno.test("each language has every text, with everything that goes into it", () => {
  const english = textsOf({ ...ENGLISH, failures: {} });
  const chinese = textsOf({ ...CHINESE, failures: {} });
  assert.deepEqual([...chinese.keys()], [...english.keys()]);
  for (const [path, text] of english) {
    const marks = (given: string) => (given.match(/<\d>/g) ?? []).toSorted();
    const translated = chinese.get(path) ?? "";
    assert.notEqual(text, "", path);
    assert.deepEqual(marks(translated), marks(text), path);
    assert.ok(NO_WORDS.has(path) || /\p{Script=Han}/u.test(translated), `${path}: ${translated}`);
  }
});

Deno.test("a failure that is told in Chinese is one that the client can have", async () => {
  const sources: string[] = [];
  for (const folder of ["client", "client/operations"]) {
    for await (const { name, isFile } of Deno.readDir(`${REPOSITORY}/${folder}`)) {
      if (isFile) sources.push(await Deno.readTextFile(`${REPOSITORY}/${folder}/${name}`));
    }
  }
  for (const [english, chinese] of Object.entries(CHINESE.failures)) {
    assert.ok(sources.some((source) => source.includes(`"${english}"`)), english);
    assert.match(chinese, /\p{Script=Han}/u);
  }
});

Deno.test("every command of the shell has a sentence of help, and no sentence is without its command", () => {
  const names = SHELL_COMMANDS.map(({ name }) => name);
  assert.deepEqual(names.toSorted(), Object.keys(ENGLISH.help).toSorted());
});

Deno.test("the shell tells people nothing that is not in the tables", async () => {
  const folder = `${REPOSITORY}/client/shell`;
  for await (const { name } of Deno.readDir(folder)) {
    const source = await Deno.readTextFile(`${folder}/${name}`);
    const bypassing = source.match(
      /\.(?:note|tell|ask|askSecret|confirm|askKey)\(\s*["'`][^"'`$]*\p{L}/u,
    );
    assert.equal(bypassing, null, `${name}: ${bypassing?.[0]}`);
  }
});
