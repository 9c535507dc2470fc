// The tables of texts: nothing missing, nothing left in another language, everything the commands need.

import assert from "node:assert/strict";
import { SHELL_COMMANDS } from "../../client/shell/command_table.ts";
import { CHINESE } from "../../client/texts/chinese.ts";
import { ENGLISH } from "../../client/texts/english.ts";
import { REPOSITORY, runFtp } from "../support/program.ts";
import { type Sentence, sentencesIn } from "../support/sentences.ts";

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
const NO_WORDS = new Set(["answers.yesWords", "answers.noWords", "comma"]);

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

/** Where no person's language is looked for, and why. */
const ENGLISH_ONLY = new Map([
  ["client/texts", "the tables themselves"],
  ["client/completions", "other shells read it"],
  ["client/doctor", "a report, to be passed on to whoever runs the server"],
  ["client/bench", "the same"],
  ["client/listing_dates.ts", "names of months as servers write them"],
]);

/** Sentences that nobody is told. */
const UNTOLD = new Set([
  // Messages of errors that are told by failure_report.ts, in other words.
  " and is {}",
  "a different file",
  "not proven to be the same file",
  "not proven to be the same text, and texts are not carried on",
  'login as "{}": {}',
  '"{}": {} differs: {} here, {} at the server',
  // A server's words where it has none.
  "no such file or directory",
  // Why a record of ours is passed over.
  "it is no record of this version",
  "the head is not complete",
  // Help.
  "Usage: ftp COMMAND [ARGUMENT...]\n",
  // Rows of the report of ftp bench.
  "round trip",
  "files up",
  "files down",
  // What is typed.
  "chmod 644 REMOTE...",
  "ftp top {}",
  "^ ?{} (\\d+) of (\\d+|unlimited)$",
]);

/** What node's parser and commander say; their programs are not ours. */
const OTHERS_SAY = new Set([
  'unknown option "{}"',
  'option "{}" argument missing',
  'option "{}" does not take an argument',
  'missing required argument "{}"',
]);

/** A quoted value is translated with its quotes. */
function keyOf(text: string): string {
  return text.replaceAll('"{}"', "{}");
}

async function* sourcesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(`${REPOSITORY}/${folder}`)) {
    const path = `${folder}/${name}`;
    if (ENGLISH_ONLY.has(path)) continue;
    if (isDirectory) yield* sourcesBelow(path);
    else yield path;
  }
}

async function sentencesOfTheClient(): Promise<Sentence[]> {
  const paths = [
    "main.ts",
    "shared/command_runner.ts",
    "shared/secret_prompt.ts",
    "shared/units.ts",
  ];
  for await (const path of sourcesBelow("client")) paths.push(path);
  const found = await Promise.all(
    paths.map(async (path) => sentencesIn(path, await Deno.readTextFile(`${REPOSITORY}/${path}`))),
  );
  return found.flat().filter(({ text }) => !UNTOLD.has(text) && !text.startsWith("\n"));
}

/** Tells people at once: what it is given must come from the tables. */
const TELLERS = new Set([
  "note",
  "tell",
  "print",
  "ask",
  "askSecret",
  "askKey",
  "confirm",
  "steer",
]);

Deno.test("every sentence of a failure has its Chinese one, and nothing is told that is in no table", async () => {
  const known = new Set(Object.keys(CHINESE.failures).map(keyOf));
  const raw = (await sentencesOfTheClient())
    .filter(({ text, givenTo }) => TELLERS.has(givenTo) || !known.has(keyOf(text)))
    .map(({ place, text }) => `${place}: ${text}`);
  assert.deepEqual(raw, []);
});

Deno.test("a sentence that is in no table is found, whatever it is given to", () => {
  const source = `
    terminal.note("this is told");
    throw new CommandFailure(code, tried, cond ? \`it is \${what} here\` : "none");
    const HAPPENED = { lost: "it went away" };
    command.option("-x", "only help says this").argument("<x>", "and this");
    request(\`STOR \${path}\`); throw new Error("our own mistake");
  `;
  assert.deepEqual(
    sentencesIn("x.ts", source).map(({ text, givenTo, place }) => [text, givenTo, place]),
    [
      ["this is told", "note", "x.ts:2"],
      ["it is {} here", "CommandFailure", "x.ts:3"],
      ["it went away", "", "x.ts:4"],
    ],
  );
});

Deno.test("a failure that is told in Chinese is one that the client can have, with all that goes into it", async () => {
  const said = new Set((await sentencesOfTheClient()).map(({ text }) => keyOf(text)));
  for (const [english, chinese] of Object.entries(CHINESE.failures)) {
    const isSaid = said.has(keyOf(english)) || OTHERS_SAY.has(english) || ONE_WORD.has(english);
    assert.ok(isSaid, english);
    assert.match(chinese, /\p{Script=Han}/u);
    const values = english.split("{}").slice(1).map((_, at) => `{${at + 1}}`);
    assert.deepEqual((chinese.match(/\{\d\}/g) ?? []).toSorted(), values, english);
  }
});

/** Too short to be told from other texts in the sources. */
const ONE_WORD = new Set(["interrupted", "size", "{} bytes"]);

Deno.test("every command of the shell has a sentence of help, and no sentence is without its command", () => {
  const names = SHELL_COMMANDS.map(({ name }) => name);
  assert.deepEqual(names.toSorted(), Object.keys(ENGLISH.help).toSorted());
});

Deno.test("a command tells its failure in the person's language, what it tried and what helps too", async () => {
  const args = ["get", "f", "-s", "127.0.0.1:1", "-u", "ann", "-p", "x", "-q"];
  const env = { LC_ALL: "zh_CN.UTF-8" };
  const { code, stderr } = await runFtp(args, { env });
  assert.equal(code, 3);
  assert.equal(
    stderr,
    "ftp: 连接 127.0.0.1:1: 连接被拒绝\nhint: 服务器在运行吗？端口对吗？\n",
  );
  const unknown = await runFtp(["gte"], { env });
  assert.equal(unknown.stderr, 'ftp: "gte": 没有这个命令\nhint: 是不是“get”？\n');
});
