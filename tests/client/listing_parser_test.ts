// Lines of real servers' listings, each with what it means; what no form explains is not guessed.

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseListLine, parseMachineLine } from "../../client/listing_parser.ts";
import { BARE, type RemoteEntry } from "../../client/remote_entry.ts";

const NOW_MS = Date.UTC(2026, 5, 15, 12, 0);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const NOTHING_KNOWN: Omit<RemoteEntry, "name" | "type"> = {
  ...BARE,
  size: undefined,
  modifiedMs: undefined,
  modifiedExactToMs: undefined,
};

type Expected = Pick<RemoteEntry, "name" | "type"> & Partial<RemoteEntry>;

const LIST: readonly [line: string, expected: Expected][] = [
  // vsftpd, ProFTPD, Pure-FTPd
  ["-rw-r--r--    1 1000     1001       314572800 Nov 21 16:10 big file.bin", {
    name: "big file.bin",
    type: "file",
    size: 314572800,
    modifiedMs: Date.UTC(2025, 10, 21, 16, 10),
    modifiedExactToMs: MINUTE_MS,
    mode: 0o644,
    owner: "1000",
    group: "1001",
  }],
  ["drwxrwxrwx    2 0        0            4096 Jan 31  2024 up", {
    name: "up",
    type: "directory",
    modifiedMs: Date.UTC(2024, 0, 31),
    modifiedExactToMs: DAY_MS,
    mode: 0o777,
    owner: "0",
    group: "0",
  }],
  ["lrwxrwxrwx   1 ftp ftp   7 Jun  1 09:05 latest -> v1 -> 2", {
    name: "latest",
    type: "link",
    linkTarget: "v1 -> 2",
    modifiedMs: Date.UTC(2026, 5, 1, 9, 5),
    modifiedExactToMs: MINUTE_MS,
    mode: 0o777,
    owner: "ftp",
    group: "ftp",
  }],
  ["-rw-r--r--+  1 Jo Domain Users 12 Mar  3  2020  leading blank", {
    name: " leading blank",
    type: "file",
    size: 12,
    modifiedMs: Date.UTC(2020, 2, 3),
    modifiedExactToMs: DAY_MS,
    mode: 0o644,
    owner: "Jo",
    group: "Domain Users",
  }],
  ["-rwsr-sr-t 1 root root 5 Mar  3  2020 s", {
    name: "s",
    type: "file",
    size: 5,
    modifiedMs: Date.UTC(2020, 2, 3),
    modifiedExactToMs: DAY_MS,
    mode: 0o7755,
    owner: "root",
    group: "root",
  }],
  ["crw-rw-rw- 1 root root 1, 3 Mar  3  2020 null", {
    name: "null",
    type: "other",
    modifiedMs: Date.UTC(2020, 2, 3),
    modifiedExactToMs: DAY_MS,
    mode: 0o666,
    owner: "root",
    group: "root",
  }],
  // Without a group (some embedded servers), without links
  ["-rw-r--r-- 1 owner 1803128 Jul 10  2000 ls-lR.Z", {
    name: "ls-lR.Z",
    type: "file",
    size: 1803128,
    modifiedMs: Date.UTC(2000, 6, 10),
    modifiedExactToMs: DAY_MS,
    mode: 0o644,
    owner: "owner",
  }],
  ["-rw-r--r-- owner group 7 Jul 10  2000 a", {
    name: "a",
    type: "file",
    size: 7,
    modifiedMs: Date.UTC(2000, 6, 10),
    modifiedExactToMs: DAY_MS,
    mode: 0o644,
    owner: "owner",
    group: "group",
  }],
  // Day before month; ISO dates
  ["-rw-r--r-- 1 a b 7 10 Jul 2000 a", {
    name: "a",
    type: "file",
    size: 7,
    modifiedMs: Date.UTC(2000, 6, 10),
    modifiedExactToMs: DAY_MS,
    mode: 0o644,
    owner: "a",
    group: "b",
  }],
  ["-rw-r--r-- 1 a b 7 2023-02-28 23:59 2024 report", {
    name: "2024 report",
    type: "file",
    size: 7,
    modifiedMs: Date.UTC(2023, 1, 28, 23, 59),
    modifiedExactToMs: MINUTE_MS,
    mode: 0o644,
    owner: "a",
    group: "b",
  }],
  // NetWare
  ["d [RWCEAFMS] admin                          512 Apr 13 09:30 home", {
    name: "home",
    type: "directory",
    modifiedMs: Date.UTC(2026, 3, 13, 9, 30),
    modifiedExactToMs: MINUTE_MS,
    owner: "admin",
  }],
  // IIS, both settings of its years, and links
  ["01-29-97  11:32PM       <DIR>          prog files", {
    name: "prog files",
    type: "directory",
    modifiedMs: Date.UTC(1997, 0, 29, 23, 32),
    modifiedExactToMs: MINUTE_MS,
  }],
  ["10-01-2018  12:05AM             1,123 a.txt", {
    name: "a.txt",
    type: "file",
    size: 1123,
    modifiedMs: Date.UTC(2018, 9, 1, 0, 5),
    modifiedExactToMs: MINUTE_MS,
  }],
  ["2021-07-04  18:30    <SYMLINKD>     data [D:\\data]", {
    name: "data",
    type: "link",
    linkTarget: "D:\\data",
    modifiedMs: Date.UTC(2021, 6, 4, 18, 30),
    modifiedExactToMs: MINUTE_MS,
  }],
  // EPLF
  ["+i8388621.48594,m825718503,r,s280,\tdjb.html", {
    name: "djb.html",
    type: "file",
    size: 280,
    modifiedMs: 825718503000,
    modifiedExactToMs: 1000,
    unique: "8388621.48594",
  }],
  ["+i8388621.50690,m824255907,/,\t514", {
    name: "514",
    type: "directory",
    modifiedMs: 824255907000,
    modifiedExactToMs: 1000,
    unique: "8388621.50690",
  }],
];

for (const [line, expected] of LIST) {
  Deno.test(`a line of LIST is read: ${line}`, () => {
    assert.deepEqual(parseListLine(line, NOW_MS), {
      kind: "entry",
      entry: { ...NOTHING_KNOWN, ...expected },
    });
  });
}

for (const line of ["total 12", "total", "", "drwxr-xr-x 2 a b 4096 Jan 31  2024 .."]) {
  Deno.test(`a line that names nothing is passed over: ${JSON.stringify(line)}`, () => {
    assert.deepEqual(parseListLine(line, NOW_MS), { kind: "nothing" });
  });
}

const UNKNOWN = [
  "ls: cannot open x: Permission denied",
  "-rw-r--r-- 1 a b 7 Foo 10 2000 a",
  "-rw-r--r-- 1 a b 7 Jul 10 2000",
  "-rw-r--r-- 1 a b 7 Jul 10  2000 ../../etc/passwd",
  "-rw-r--r-- 1 a b 7 Jul 10  2000 a\ufffdb",
  "-rw-r--r-- 1 a b 7 Jul 10  2000 a\rDELE b",
  "13-29-97  11:32PM 12 month thirteen",
  "hello",
];

for (const line of UNKNOWN) {
  Deno.test(`a line nobody can explain is reported, not guessed: ${JSON.stringify(line)}`, () => {
    assert.deepEqual(parseListLine(line, NOW_MS), { kind: "unknown" });
  });
}

Deno.test("a time without a year is the last one that was not in the future", () => {
  const at = (line: string) => {
    const listed = parseListLine(line, NOW_MS);
    return listed.kind === "entry" ? listed.entry.modifiedMs : undefined;
  };
  assert.equal(at("-rw-r--r-- 1 a b 7 Jun 15 11:00 a"), Date.UTC(2026, 5, 15, 11, 0));
  assert.equal(at("-rw-r--r-- 1 a b 7 Jun 16 10:00 a"), Date.UTC(2026, 5, 16, 10, 0));
  assert.equal(at("-rw-r--r-- 1 a b 7 Jun 17 11:00 a"), Date.UTC(2025, 5, 17, 11, 0));
});

Deno.test("any text gives an answer, never an exception, and a name that is one", () => {
  // Of any characters hardly a line is one of a listing: most are given its beginning.
  const heads = ["", "type=file;size=1; ", "-rw-r--r-- 1 a b 7 Jun 15 11:00 ", "+s7,r,\t"];
  const awkward = fc.constantFrom(...["a", ".", "/", "\0", "\r", "\n", " ", "\\"]);
  const names = fc.oneof(fc.string({ unit: awkward, maxLength: 5 }), fc.string({ unit: "binary" }));
  let entries = 0;
  fc.assert(fc.property(fc.constantFrom(...heads), names, (head, name) => {
    for (const listed of [parseListLine(head + name, NOW_MS), parseMachineLine(head + name)]) {
      if (listed.kind !== "entry") continue;
      entries++;
      assert.doesNotMatch(listed.entry.name, /^\.{0,2}$|[/\0\r\n]/);
    }
  }));
  assert.ok(entries > 0);
});

const MLSD: readonly [line: string, expected: Expected][] = [
  ["type=file;size=3;modify=20240131123000.500;perm=adfr;unique=g1;UNIX.mode=0644; a b", {
    name: "a b",
    type: "file",
    size: 3,
    modifiedMs: Date.UTC(2024, 0, 31, 12, 30, 0, 500),
    modifiedExactToMs: 1000,
    mode: 0o644,
    unique: "g1",
  }],
  ["Type=dir;Modify=20240131123000;UNIX.owner=0;UNIX.group=7; sub", {
    name: "sub",
    type: "directory",
    modifiedMs: Date.UTC(2024, 0, 31, 12, 30),
    modifiedExactToMs: 1000,
    owner: "0",
    group: "7",
  }],
  ["type=OS.unix=slink:../target; link", { name: "link", type: "link", linkTarget: "../target" }],
  [" no facts", { name: "no facts", type: "other" }],
];

for (const [line, expected] of MLSD) {
  Deno.test(`a line of MLSD is read: ${line}`, () => {
    assert.deepEqual(parseMachineLine(line), {
      kind: "entry",
      entry: { ...NOTHING_KNOWN, ...expected },
    });
  });
}

Deno.test("the directory itself and its parent are no entries of it", () => {
  for (const line of ["type=cdir; /a/b", "type=pdir; ..", "type=dir; ."]) {
    assert.deepEqual(parseMachineLine(line), { kind: "nothing" });
  }
});

Deno.test("a name that leads elsewhere is no name", () => {
  for (const line of ["type=file; ../x", "type=file; /etc/passwd", "type=file; a/b", "nonsense"]) {
    assert.deepEqual(parseMachineLine(line), { kind: "unknown" });
  }
});
