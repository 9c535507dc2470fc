// What the server says it does, it does: the compliance page is of today, and FEAT lists what answers.

import assert from "node:assert/strict";
import { compliancePage, PAGE } from "../../.ci/compliance_page.ts";
import { commandTable } from "../../server/command_table.ts";
import { ControlLine } from "../support/control_line.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";

Deno.test("the compliance page says what the command table says", async () => {
  const page = await Deno.readTextFile(PAGE);
  assert.equal(page, compliancePage(commandTable().rows), "run deno task compliance");
});

Deno.test("every row says where it is from and what it does in a sentence", () => {
  for (const { verb, source, help, refusal, note } of commandTable().rows) {
    assert.match(source, /^(RFC \d|draft-[a-z]|in wide use$|ours$)/, verb);
    for (const sentence of [help, refusal, note].filter((each) => each !== undefined)) {
      assert.match(sentence, /^[A-Z\d].*\.$/, verb);
    }
  }
});

/** How a client would use what a line of FEAT offers, and the reply that shows it works. */
const USES: Readonly<Record<string, readonly (readonly [request: string, code: number])[]>> = {
  "AUTH TLS": [["AUTH", 501]],
  AVBL: [["AVBL", 213]],
  CLNT: [["CLNT test", 200]],
  CSID: [["CSID Name=test;", 200]],
  DSIZ: [["DSIZ /", 213]],
  EPRT: [["EPRT |3|x|1|", 522]],
  EPSV: [["EPSV", 229]],
  "HASH SHA-256*;SHA-512;SHA-1;MD5;CRC32": [
    ["OPTS HASH MD5", 200],
    ["HASH file", 213],
    ["OPTS HASH SHA-256", 200],
  ],
  HOST: [["HOST localhost", 503]],
  "LANG EN*": [["LANG en", 200]],
  MDTM: [["MDTM file", 213]],
  "MFF Modify;UNIX.mode;": [["MFF Modify=20010203040506;UNIX.mode=0640; file", 213]],
  MFMT: [["MFMT 20010203040506 file", 213]],
  "MLST type*;size*;modify*;perm*;unique*;UNIX.mode*;": [["MLST file", 250]],
  "MODE Z": [["MODE Z", 200], ["OPTS MODE Z LEVEL 1", 200], ["MODE S", 200]],
  PBSZ: [["PBSZ 0", 503]],
  PROT: [["PROT P", 503]],
  "RANG STREAM": [["RANG 0 0", 350], ["HASH file", 213]],
  "REST STREAM": [["REST 1", 350]],
  "SITE CHMOD": [["SITE CHMOD 644 file", 200]],
  "SITE UTIME": [["SITE UTIME 20010203040506 file", 200]],
  SIZE: [["TYPE I", 200], ["SIZE file", 213]],
  TVFS: [["CWD /../a/..", 250]],
  UTF8: [["OPTS UTF8 ON", 200]],
  XCRC: [["XCRC file", 250]],
  XMD5: [["XMD5 file", 250]],
  XSHA1: [["XSHA1 file", 250]],
  XSHA256: [["XSHA256 file", 250]],
  XSHA512: [["XSHA512 file", 250]],
};

Deno.test("everything that FEAT lists answers as it should", async () => {
  await using server = await InProcessServer.start();
  await Deno.writeTextFile(`${server.root}/file`, "x");
  await Deno.mkdir(`${server.root}/a`);
  using line = await ControlLine.open(server.port);
  await line.say(`USER ${USER}`, 331);
  await line.say(`PASS ${PASSWORD}`, 230);
  const features = (await line.ask("FEAT")).split("\r\n").slice(1, -1);
  for (const feature of features.map((each) => each.trim())) {
    const uses = USES[feature];
    if (uses === undefined && feature.startsWith("SITE ")) {
      // Each has its own tests; here it is known and wants an argument, or answers without one.
      assert.match(await line.ask(feature), /^(2|501|550)/, feature);
      continue;
    }
    assert.ok(uses !== undefined, `nobody knows how to use "${feature}"`);
    for (const [request, code] of uses) await line.say(request, code);
  }
});

Deno.test("everything that is refused says why, with its code, and HELP says so too", async () => {
  await using server = await InProcessServer.start();
  using line = await ControlLine.open(server.port);
  await line.say(`USER ${USER}`, 331);
  await line.say(`PASS ${PASSWORD}`, 230);
  for (const { verb, refusal } of commandTable().rows) {
    if (refusal === undefined) continue;
    const answer = await line.ask(`${verb} x`);
    assert.equal(answer.slice(4), refusal);
    assert.ok(["502", "533"].includes(answer.slice(0, 3)), answer);
    const help = await line.ask(`HELP ${verb}`);
    assert.ok(help.endsWith(`Not offered: ${refusal}`), help);
  }
});
