// How a client uses what each line of FEAT offers, and the replies that show that it works.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ControlLine } from "./control_line.ts";
import { type InProcessServer, PASSWORD, USER } from "./in_process_server.ts";

/** A request, and what its whole reply looks like. */
type Exchange = readonly [request: string, answer: RegExp];

/** What a use has at hand. */
interface Stage {
  readonly server: InProcessServer;
  /** A session of {@linkcode USER}, who is an administrator, over TLS. */
  readonly line: ControlLine;
}

/** One or several exchanges, or what needs more than a control connection. */
type Use = readonly Exchange[] | ((stage: Stage) => Promise<void>);

/** What the file `file` holds. */
export const CONTENT = "xyz";

const CRC32_OF_CONTENT = "EB8EBA67";
/** More than a server holds back before it stores. */
const UNFINISHED = new Uint8Array(40_000);

/**
 * Uses what a line of FEAT offers. Before it, the account has a file `file` with {@linkcode CONTENT}
 * and a folder `a`.
 */
export async function useFeature(feature: string, server: InProcessServer): Promise<void> {
  const use = USES[feature];
  assert.ok(use !== undefined, `nobody knows how to use "${feature}"`);
  using line = await secured(server);
  await logIn(line, USER, PASSWORD);
  if (typeof use === "function") return await use({ server, line });
  for (const [request, answer] of use) assert.match(await line.ask(request), answer, request);
}

const USES: Readonly<Record<string, Use>> = {
  // The line of every other use went this way.
  "AUTH TLS": async ({ server }) => (await secured(server))[Symbol.dispose](),
  AVBL: [["AVBL", /^213 \d+$/]],
  CLNT: [["CLNT test", /^200 /]],
  CSID: [["CSID Name=test;", /^200 Name=.+;/]],
  DSIZ: [["DSIZ /", /^213 [1-9]\d*$/]],
  EPRT: async ({ line }) => {
    await line.say("PBSZ 0", 200);
    await line.say("PROT C", 200);
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await line.say(`EPRT |1|127.0.0.1|${listener.addr.port}|`, 200);
    await line.send("RETR file");
    const data = await listener.accept();
    assert.equal(await textOf(data), CONTENT);
    assert.equal(await line.reply(), 150);
    assert.equal(await line.reply(), 226);
  },
  EPSV: async ({ line }) => {
    const data = await passiveData(line);
    await line.say("RETR file", 150);
    assert.equal(await textOf(data), CONTENT);
    assert.equal(await line.reply(), 226);
  },
  "HASH SHA-256*;SHA-512;SHA-1;MD5;CRC32": [
    ["OPTS HASH MD5", /^200 MD5$/],
    ["HASH file", new RegExp(`^213 MD5 0-2 ${digest("md5")} /file$`)],
    ["OPTS HASH SHA-256", /^200 SHA-256$/],
    ["HASH file", new RegExp(`^213 SHA-256 0-2 ${digest("sha256")} /file$`)],
  ],
  HOST: async ({ server }) => {
    using fresh = await ControlLine.open(server.port);
    await fresh.say("HOST localhost", 220);
    await fresh.say("HOST elsewhere.example", 504);
  },
  "LANG EN*": [["LANG en", /^200 /]],
  MDTM: [["MDTM file", /^213 \d{14}(\.\d+)?$/]],
  "MFF Modify;UNIX.mode;": [
    ["MFF Modify=20010203040506;UNIX.mode=0640; file", /^213 /],
    ["MLST file", / .*Modify=20010203040506;.*UNIX\.mode=0640;/i],
  ],
  MFMT: [
    ["MFMT 20020304050607 file", /^213 Modify=20020304050607; /],
    ["MDTM file", /^213 20020304050607$/],
  ],
  "MLST type*;size*;modify*;create*;perm*;unique*;UNIX.mode*;": [
    [
      "MLST file",
      /^ type=file;size=3;modify=\d{14}[^;]*;create=\d{14};perm=\w+;unique=[^;]+;UNIX\.mode=\d+; /m,
    ],
  ],
  "MODE Z": [["MODE Z", /^200 /], ["OPTS MODE Z LEVEL 1", /^200 /], ["MODE S", /^200 /]],
  PBSZ: [["PBSZ 0", /^200 PBSZ=0$/]],
  PROT: async ({ server, line }) => {
    await line.say("PBSZ 0", 200);
    await line.say("PROT P", 200);
    const conn = await passiveData(line);
    await line.say("RETR file", 150);
    const caCerts = [server.certificatePem];
    const data = await Deno.startTls(conn, { hostname: "localhost", caCerts });
    assert.equal(await textOf(data), CONTENT);
    assert.equal(await line.reply(), 226);
  },
  "RANG STREAM": [
    ["RANG 1 1", /^350 /],
    ["HASH file", new RegExp(`^213 SHA-256 1-1 ${digest("sha256", CONTENT[1])} `)],
  ],
  "REST STREAM": async ({ line }) => {
    await line.say("TYPE I", 200);
    await line.say("REST 1", 350);
    const data = await passiveData(line);
    await line.say("RETR file", 150);
    assert.equal(await textOf(data), CONTENT.slice(1));
    assert.equal(await line.reply(), 226);
  },
  "SITE CHMOD": [
    ["SITE CHMOD 600 file", /^200 /],
    ["MLST file", / .*UNIX\.mode=0600;/],
  ],
  "SITE FORGET": async ({ line }) => {
    await breakOff(line, "to-forget");
    await line.say("SITE FORGET to-forget", 250);
    assert.doesNotMatch(await line.ask("SITE PENDING"), /to-forget/);
  },
  "SITE INVITE": [["SITE INVITE", /^200 Invite \S{8,} /]],
  "SITE KICK": async ({ server, line }) => {
    using other = await member(server, "kicked");
    const id = /^ .*;id=([^;]+);.*;account=kicked;/m.exec(await line.ask("SITE WHO"))?.[1];
    assert.ok(id !== undefined, await line.ask("SITE WHO"));
    await line.say(`SITE KICK ${id}`, 200);
    assert.equal(await other.reply(), 421);
    await other.ended();
  },
  "SITE PASSWD": async ({ server }) => {
    using line = await member(server, "changer");
    await line.say(`SITE PASSWD "${PASSWORD}" "another ${PASSWORD}"`, 200);
    using again = await secured(server);
    await logIn(again, "changer", `another ${PASSWORD}`);
  },
  "SITE PENDING": async ({ line }) => {
    await breakOff(line, "to-tell");
    assert.match(await line.ask("SITE PENDING"), /^ Received=[1-9]\d*;Since=[\d.]+; \/to-tell$/m);
  },
  "SITE QUOTA": [["SITE QUOTA", /^213 /]],
  "SITE REGISTER": async ({ server }) => (await member(server, "newcomer"))[Symbol.dispose](),
  "SITE RESUME": async ({ line }) => {
    await breakOff(line, "to-resume");
    assert.match(await line.ask("SITE RESUME to-resume"), /^213 [1-9]\d* bytes are here/);
  },
  "SITE UNREGISTER": async ({ server }) => {
    using line = await member(server, "leaver");
    await line.say(`SITE UNREGISTER "${PASSWORD}" PURGE`, 221);
    using again = await secured(server);
    await again.say("USER leaver", 331);
    await again.say(`PASS ${PASSWORD}`, 530);
  },
  "SITE UTIME": [
    ["SITE UTIME 20030405060708 file", /^200 /],
    ["MDTM file", /^213 20030405060708$/],
  ],
  "SITE WHO": [["SITE WHO", new RegExp(`^ type=session;.*;account=${USER};`, "m")]],
  SIZE: [["TYPE I", /^200 /], ["SIZE file", /^213 3$/]],
  TVFS: [["CWD /../a/..", /^250 /], ["PWD", /^257 "\/"/]],
  UTF8: [["OPTS UTF8 ON", /^200 /]],
  XCRC: [["XCRC file", new RegExp(`^250 ${CRC32_OF_CONTENT}$`, "i")]],
  XMD5: [["XMD5 file", new RegExp(`^250 ${digest("md5")}$`, "i")]],
  XSHA1: [["XSHA1 file", new RegExp(`^250 ${digest("sha1")}$`, "i")]],
  XSHA256: [["XSHA256 file", new RegExp(`^250 ${digest("sha256")}$`, "i")]],
  XSHA512: [["XSHA512 file", new RegExp(`^250 ${digest("sha512")}$`, "i")]],
};

/** A control connection under TLS, after AUTH TLS. */
async function secured(server: InProcessServer): Promise<ControlLine> {
  const line = await ControlLine.open(server.port);
  await line.say("AUTH TLS", 234);
  await line.startTls(server.certificatePem);
  return line;
}

async function logIn(line: ControlLine, name: string, password: string): Promise<void> {
  await line.say(`USER ${name}`, 331);
  await line.say(`PASS ${password}`, 230);
}

/** Registers an account of its own, and logs in. */
async function member(server: InProcessServer, name: string): Promise<ControlLine> {
  const line = await secured(server);
  await line.say(`SITE REGISTER ${name} "${PASSWORD}"`, 200);
  await logIn(line, name, PASSWORD);
  return line;
}

async function passiveData(line: ControlLine): Promise<Deno.TcpConn> {
  const port = /\|\|\|(\d+)\|/.exec(await line.ask("EPSV"))?.[1];
  return await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
}

/** Leaves an upload unfinished. */
async function breakOff(line: ControlLine, name: string): Promise<void> {
  await line.say("TYPE I", 200);
  using data = await passiveData(line);
  await line.say(`STOR ${name}`, 150);
  await data.write(UNFINISHED);
  while (!/: [1-9]\d* bytes so far/.test(await line.ask("STAT")));
  await line.send("ABOR");
  assert.equal(await line.reply(), 426);
  assert.equal(await line.reply(), 226);
}

function digest(algorithm: string, of = CONTENT): string {
  return createHash(algorithm).update(of).digest("hex");
}

async function textOf(conn: Deno.Conn): Promise<string> {
  return await new Response(conn.readable).text();
}
