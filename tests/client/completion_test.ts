// What Tab offers, and which lines are kept for the next time.

import assert from "node:assert/strict";
import { SHELL_COMMANDS } from "../../client/shell/command_table.ts";
import { complete, type Name } from "../../client/shell/completion.ts";
import { History, HISTORY_LINES, mayBeKept } from "../../client/shell/history_file.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const file = (name: string): Name => ({ name, isFolder: false });
const folder = (name: string): Name => ({ name, isFolder: true });

const REMOTE: Readonly<Record<string, readonly Name[]>> = {
  "": [folder("a b"), file("a'c"), file(".dot"), file("esc\x1b[2J"), file("z;z")],
  "a b/": [file("x"), file("y")],
  "/": [folder("etc")],
};

async function offered(line: string): Promise<readonly string[]> {
  const found = await complete(line, {
    commands: SHELL_COMMANDS,
    siteNames: () => Promise.resolve(["work", "away"]),
    remoteNames: (folder) => Promise.resolve(REMOTE[folder] ?? []),
    localNames: () => Promise.resolve([file("here"), folder("home")]),
  });
  return found.candidates;
}

const CASES: readonly (readonly [line: string, ...offered: string[]])[] = [
  ["mkd", "mkdir "],
  ["pwd; LC", "lcd "],
  ["get a", "a\\ b/", "a\\'c"],
  ["get 'a ", "'a b/"],
  ["get \"a'", '"a\'c" '],
  ["get z", "z\\;z "],
  ["get a\\ b/", "a\\ b/x", "a\\ b/y"],
  ["get .", ".dot "],
  ["get e"],
  ["cd ", "a\\ b/"],
  ["cd /e", "/etc/"],
  ["put h", "here", "home/"],
  ["put x -t a", "a\\ b/", "a\\'c"],
  ["get x -o ho", "home/"],
  ["lcd ", "home/"],
  ["chmod a"],
  ["chmod 600 z", "z\\;z "],
  ["rm --rec", "--recursive "],
  ["set if", "if-exists "],
  ["set verify a", "auto", "always"],
  ["type a", "ascii "],
  ["help mk", "mkdir "],
  ["open W", "work "],
  ["nonsense a"],
];

for (const [line, ...expected] of CASES) {
  Deno.test(`Tab behind ${JSON.stringify(line)} offers ${JSON.stringify(expected)}`, async () => {
    assert.deepEqual(await offered(line), expected);
  });
}

Deno.test("a name that steers the terminal is not offered", async () => {
  assert.deepEqual(await offered("cat es"), []);
});

Deno.test("lines that may hold a password are not kept", () => {
  const secretive = [
    "quote PASS x",
    "user ann x",
    "ls; user ann x",
    "open ftp://ann:x@host/",
    "site passwd old new",
    "passwd old",
    " ls",
    "",
    "open ann:secret@host",
    'open "ftp://ann:se cret@host"',
    "open ftp://ann:a/b@host",
    "open 'work':secret@host",
    'quote "PASS" secret',
    "quote PASS\\ secret",
  ];
  for (const line of secretive) assert.equal(mayBeKept(line), false, line);
  for (
    const line of [
      "user ann",
      "user ann; ls",
      "open ann@host",
      "open ftp://ann@host:21/a",
      "get pass",
      "passwd",
      "help user",
    ]
  ) {
    assert.equal(mayBeKept(line), true, line);
  }
});

Deno.test("the history forgets the oldest lines, in memory and in the file", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/deep/history`;
  const history = await History.open(path);
  await history.add("first");
  await history.add("second");
  await history.add("second");
  assert.deepEqual(history.lines, ["first", "second"]);
  const many = Array.from({ length: 2 * HISTORY_LINES }, (_, at) => `line ${at}\n`).join("");
  await Deno.writeTextFile(path, many, { append: true });
  const again = await History.open(path);
  assert.equal(again.lines.length, HISTORY_LINES);
  assert.equal(again.lines.at(-1), `line ${2 * HISTORY_LINES - 1}`);
  assert.equal((await Deno.readTextFile(path)).split("\n").length, HISTORY_LINES + 1);
  assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
});
