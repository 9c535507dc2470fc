// A text whose upload is lost half way: half a text cannot be carried on, so the next try writes over it.

import assert from "node:assert/strict";
import { join } from "node:path";
import * as runCommand from "../../client/commands/run.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { scriptedSessions } from "../support/scripted_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const LOGIN = [
  ...["S: 220 ready", "C: USER u", "S: 331 password", "C: PASS p", "S: 230 in"],
  ...["C: FEAT", "S: 211-Features", "S:  SIZE", "S: 211 End", "C: TYPE I", "S: 200 binary"],
];
const PASSIVE = ["C: EPSV", "S: 229 go (|||{port}|)", "data accept"];
const NOT_THERE = [
  ...["C: SIZE text", "S: 550 it is not there"],
  ...[...PASSIVE, "C: LIST", "S: 150 here", "data finish", "S: 226 done"],
];
const THERE = [
  ...["C: TYPE I", "S: 200 binary", "C: SIZE text", "S: 213 10"],
  ...["C: MDTM text", "S: 213 20250101000000"],
];
const STOR = ["C: TYPE A", "S: 200 text", ...PASSIVE, "C: STOR text", "S: 150 go on"];

Deno.test("half a text that a lost connection left at the server is no file that is in the way", async () => {
  await using folder = await temporaryDirectory();
  await Deno.writeTextFile(join(folder.path, "text"), "one\ntwo\n");
  const lost = ["data read 5 bytes", "S closes", "data cut"];
  const whole = ["data read one\\r\\ntwo\\r\\n", "S: 226 done"];
  await using server = scriptedSessions([
    [...LOGIN, "C: PWD", 'S: 257 "/"', ...NOT_THERE, ...STOR, ...lost],
    [...LOGIN, "C: CWD /", "S: 250 there", ...STOR, ...whole, ...THERE, "C: QUIT", "S: 221 bye"],
  ]);
  const script = join(folder.path, "script");
  await Deno.writeTextFile(script, `ascii\nset preserve off\nput ${join(folder.path, "text")}\n`);
  const flags = ["-s", `127.0.0.1:${server.port}`, "-u", "u", "--tls", "off"];
  const { code, stderr } = await runInProcess(runCommand, ["run", ...flags, script], {
    env: { FTP_PASSWORD: "p", HOME: folder.path },
  });
  await server.finished;
  assert.equal(code, 0, stderr);
});
