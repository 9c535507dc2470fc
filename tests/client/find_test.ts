// ftp find and ftp du: what fits, what a folder that fails costs, and servers that lead round in circles.

import assert from "node:assert/strict";
import { define as defineDu } from "../../client/commands/du.ts";
import { define as defineFind } from "../../client/commands/find.ts";
import {
  fitsFilter,
  parseEntryType,
  parseMoment,
  parseSizeFilter,
} from "../../client/operations/find_filter.ts";
import type { RemoteEntry } from "../../client/remote_entry.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { scriptedServer } from "../support/scripted_server.ts";

const ENTRY: RemoteEntry = {
  name: "a.txt",
  type: "file",
  size: 1024,
  modifiedMs: 5_000,
  modifiedExactToMs: 1000,
  mode: undefined,
  unique: undefined,
  linkTarget: undefined,
  owner: undefined,
  group: undefined,
};

Deno.test("a filter lets through what fits all of it, and nothing the server did not tell", () => {
  const cases: [Parameters<typeof fitsFilter>[0], boolean][] = [
    [{}, true],
    [{ name: "*.txt", type: "file" }, true],
    [{ name: "*.jpg" }, false],
    [{ type: "directory" }, false],
    [{ size: { side: "above", bytes: 1023 } }, true],
    [{ size: { side: "above", bytes: 1024 } }, false],
    [{ size: { side: "below", bytes: 1024 } }, false],
    [{ size: { side: "exactly", bytes: 1024 } }, true],
    [{ newerMs: 4_999 }, true],
    [{ newerMs: 5_000 }, false],
    [{ olderMs: 5_001 }, true],
    [{ newerMs: 0, olderMs: 5_000 }, false],
  ];
  for (const [filter, fits] of cases) {
    assert.equal(fitsFilter(filter, ENTRY), fits, JSON.stringify(filter));
  }
  const untold = { ...ENTRY, size: undefined, modifiedMs: undefined };
  for (
    const filter of [{ size: { side: "below", bytes: 9 } as const }, { newerMs: 0 }, { olderMs: 9 }]
  ) {
    assert.equal(fitsFilter(filter, untold), false, JSON.stringify(filter));
  }
});

Deno.test("sizes, types and moments are read as people type them", () => {
  const value = { side: "below", bytes: 10 * 1024 * 1024 };
  assert.deepEqual(parseSizeFilter("-10M"), { ok: true, value });
  assert.deepEqual(parseEntryType("d"), { ok: true, value: "directory" });
  assert.equal(parseEntryType("constructor").ok, false);
  const nowMs = Date.UTC(2026, 5, 15);
  const moments: [string, number][] = [
    ["2026-01-31", Date.UTC(2026, 0, 31)],
    ["2026-01-31T12:30", Date.UTC(2026, 0, 31, 12, 30)],
    ["2026-01-31 12:30:15Z", Date.UTC(2026, 0, 31, 12, 30, 15)],
    ["2d", Date.UTC(2026, 5, 13)],
    ["90m", nowMs - 90 * 60_000],
  ];
  for (const [text, ms] of moments) {
    assert.deepEqual(parseMoment(text, nowMs), { ok: true, value: ms });
  }
  for (const text of ["", "7", "soon", "2026-02-30", "2026-13-01", "2026-01-31T25:00", "1w"]) {
    assert.equal(parseMoment(text, nowMs).ok, false, text);
  }
  for (const text of ["", "+", "ten", "--1"]) assert.equal(parseSizeFilter(text).ok, false, text);
  assert.equal(parseEntryType("x").ok, false);
});

Deno.test("find and du go through all folders, and take a file for what it is", async () => {
  await using server = await InProcessServer.start();
  await Deno.mkdir(`${server.root}/a/b`, { recursive: true });
  await Deno.writeFile(`${server.root}/a/b/large`, new Uint8Array(5000));
  await Deno.writeFile(`${server.root}/a/small.txt`, new Uint8Array(10));
  const env = {
    FTP_SERVER: `${USER}@127.0.0.1:${server.port}`,
    FTP_PASSWORD: PASSWORD,
    FTP_TLS: "off",
  };
  const find = async (...args: string[]) =>
    (await runInProcess({ define: defineFind }, ["find", ...args], { env })).stdout.split("\n");
  assert.deepEqual(await find(), ["a", "a/b", "a/b/large", "a/small.txt", ""]);
  assert.deepEqual(await find("/a", "--type", "d"), ["/a/b", ""]);
  assert.deepEqual(await find("--size", "+1K", "--newer", "1h"), ["a/b/large", ""]);
  assert.deepEqual(await find("--older", "1h"), [""]);
  assert.deepEqual(await find("a/small.txt", "--size", "-1K"), ["a/small.txt", ""]);
  const du = await runInProcess({ define: defineDu }, ["du", "a", "a/*.txt", "--json"], { env });
  assert.deepEqual(du.stdout.trim().split("\n").map((line) => JSON.parse(line)), [
    { path: "a", size: 5010, files: 2, complete: true },
    { path: "a/small.txt", size: 10, files: 1, complete: true },
  ]);
  const gone = await runInProcess({ define: defineDu }, ["du", "nothing"], { env });
  assert.deepEqual([gone.code, gone.stdout], [5, ""]);
});

const LOGGED_IN = [
  ...["S: 220 ready", "C: USER u", "S: 331 password", "C: PASS *", "S: 230 in"],
  ...["C: FEAT", "S: 211-Features", "S:  MLST type*;size*;unique*;", "S: 211 End"],
  ...["C: TYPE I", "S: 200 binary"],
];

function listing(path: string, ...lines: string[]): string[] {
  return [
    ...["C: EPSV", "S: 229 go (|||{port}|)", "data accept", `C: MLSD${path}`, "S: 150 here"],
    ...lines.map((line) => `data send ${line}\\r\\n`),
    ...["data finish", "S: 226 done"],
  ];
}

Deno.test("a folder that fails is told and counts in the exit code, the others are looked into", async () => {
  await using server = scriptedServer([
    ...LOGGED_IN,
    ...listing("", "type=dir; a", "type=dir; locked", "type=file;size=7; z"),
    ...listing(" a", "type=file;size=5; one", "no facts at all"),
    ...["C: EPSV", "S: 229 go (|||{port}|)", "data accept", "C: MLSD locked"],
    ...["S: 550 Permission denied.", "C: QUIT", "S: 221 bye"],
  ]);
  const env = { FTP_SERVER: `u@127.0.0.1:${server.port}`, FTP_PASSWORD: "p", FTP_TLS: "off" };
  const du = await runInProcess({ define: defineDu }, ["du", "--json"], { env });
  await server.finished;
  assert.deepEqual(JSON.parse(du.stdout), { path: "", size: 12, files: 2, complete: false });
  assert.match(du.stderr, /list "a" at .*: a line of the listing does not read: "no facts at all"/);
  assert.match(du.stderr, /list "locked" at .*: 550 Permission denied\./);
  assert.equal(du.code, 1);
});

Deno.test("a folder that leads back to one above it is not walked again", async () => {
  await using server = scriptedServer([
    ...LOGGED_IN,
    ...listing("", "type=dir;unique=1; a"),
    ...listing(" a", "type=dir;unique=2; b"),
    ...listing(" a/b", "type=dir;unique=1; a", "type=file;size=1;unique=9; f"),
    ...["C: QUIT", "S: 221 bye"],
  ]);
  const env = { FTP_SERVER: `u@127.0.0.1:${server.port}`, FTP_PASSWORD: "p", FTP_TLS: "off" };
  const find = await runInProcess({ define: defineFind }, ["find"], { env });
  await server.finished;
  assert.equal(find.stdout, "a\na/b\na/b/a\na/b/f\n");
  assert.match(find.stderr, /list "a\/b\/a": it leads back to a folder above it/);
  assert.equal(find.code, 1);
});
