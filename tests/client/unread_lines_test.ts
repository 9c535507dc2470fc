// A line of a listing that nobody can read stands for something: whoever works through the folder says so.

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Command } from "commander";
import { define as defineGet } from "../../client/commands/get.ts";
import { define as defineLs } from "../../client/commands/ls.ts";
import type { CommandWorld } from "../../shared/command_line.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { scriptedServer } from "../support/scripted_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const PASSIVE = ["C: EPSV", "S: 229 go (|||{port}|)", "data accept"];
const LOGIN = [
  ...["S: 220 ready", "C: USER u", "S: 331 password", "C: PASS *", "S: 230 in"],
  ...["C: FEAT", "S: 211-Features", "S:  MLST type*;size*;modify*;", "S: 211 End"],
  ...["C: TYPE I", "S: 200 binary"],
];
const LISTING = [
  ...[...PASSIVE, "C: MLSD*", "S: 150 here"],
  "data send type=file;size=5;modify=20240101000000; one\\r\\n",
  "data send type=file;size=5;modify=20240101000000; ../two\\r\\n",
  ...["data finish", "S: 226 done"],
];
const FOLDER = ["C: MLST .", "S: 250-it is", "S:  type=dir; .", "S: 250 a folder"];
const FILE = [...PASSIVE, "C: RETR *one", "S: 150 here", "data send hello", "data finish"];

type Define = (command: Command, world: CommandWorld) => void;
const CASES: readonly (readonly [Define, readonly string[], readonly string[]])[] = [
  [defineLs, ["ls"], LISTING],
  [defineLs, ["ls", "*"], LISTING],
  [defineGet, ["get", "*"], [...LISTING, ...FILE, "S: 226 done"]],
  [defineGet, ["get", "-r", "."], [...FOLDER, ...LISTING, ...FILE, "S: 226 done"]],
];

for (const [define, words, dialogue] of CASES) {
  Deno.test(`ftp ${words.join(" ")} tells of a line that does not read, and does the rest`, async () => {
    await using folder = await temporaryDirectory();
    await Deno.mkdir(join(folder.path, "down"));
    await using server = scriptedServer([...LOGIN, ...dialogue, "C: QUIT", "S: 221 bye"]);
    const env = { FTP_SERVER: `u@127.0.0.1:${server.port}`, FTP_PASSWORD: "p", FTP_TLS: "off" };
    const output = words[0] === "get" ? ["-o", `${folder.path}/down/`] : [];
    const { code, stdout, stderr } = await runInProcess({ define }, [...words, ...output], { env });
    await server.finished;
    assert.match(stderr, /a line of the listing does not read: "type=file;.*; \.\.\/two"/);
    assert.equal(code, 1);
    if (words[0] === "ls") assert.equal(stdout, "one\n");
    else assert.equal(await Deno.readTextFile(join(folder.path, "down", "one")), "hello");
  });
}
