// Lines as servers of many kinds list them, each with its entry: odd columns, other systems, other languages.

import assert from "node:assert/strict";
import { parseListLine } from "../../client/listing_parser.ts";
import { BARE, type RemoteEntry } from "../../client/remote_entry.ts";
import { WrappedLines } from "../../client/vms_listing.ts";

const NOW_MS = Date.UTC(2026, 5, 15, 12, 0);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

type Expected = Partial<RemoteEntry> & Pick<RemoteEntry, "name">;

/** To the minute, of a listing's day and time. */
function at(year: number, month: number, day: number, hour: number, minute: number, second = 0) {
  const modifiedMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return { modifiedMs, modifiedExactToMs: MINUTE_MS };
}

/** To the day. */
function on(year: number, month: number, day: number) {
  return { modifiedMs: Date.UTC(year, month - 1, day), modifiedExactToMs: DAY_MS };
}

function file(name: string, size: number | undefined, rest: Partial<RemoteEntry> = {}): Expected {
  return { name, type: "file", size, ...rest };
}

function folder(name: string, rest: Partial<RemoteEntry> = {}): Expected {
  return { name, type: "directory", ...rest };
}

const U = { mode: 0o644, owner: "u", group: "g" };

const FORMS: Readonly<Record<string, readonly (readonly [line: string, expected: Expected])[]>> = {
  "Unix with odd columns": [
    // The number of links glued to the permissions.
    [
      "drwxr-xr-x1024 u g 4096 Jan  5  2020 many",
      folder("many", {
        ...on(2020, 1, 5),
        mode: 0o755,
        owner: "u",
        group: "g",
      }),
    ],
    [
      "-rw-r--r--@  1 u  staff  12 Jan  5  2020 marked",
      file("marked", 12, {
        ...on(2020, 1, 5),
        mode: 0o644,
        owner: "u",
        group: "staff",
      }),
    ],
    [
      "-rw-r--r--. 1 u g 12 Jan  5  2020 labelled",
      file("labelled", 12, { ...on(2020, 1, 5), ...U }),
    ],
    ["-rw-r--r--+ 1 u g 12 Jan  5  2020 acl", file("acl", 12, { ...on(2020, 1, 5), ...U })],
    [
      "-rw-r--r--   1 1000     65534    12 Jan  5  2020 ids",
      file("ids", 12, {
        ...on(2020, 1, 5),
        mode: 0o644,
        owner: "1000",
        group: "65534",
      }),
    ],
    // No links, no group; no owner either.
    [
      "-rw-r--r-- u 12 Jan  5  2020 a",
      file("a", 12, { ...on(2020, 1, 5), mode: 0o644, owner: "u" }),
    ],
    ["-rw-r--r-- 12 Jan  5  2020 a", file("a", 12, { ...on(2020, 1, 5), mode: 0o644 })],
    // Names of groups with blanks and signs.
    [
      "-rw-r--r-- 1 DOM\\ann DOM\\Domain Users 12 Jan  5  2020 a",
      file("a", 12, {
        ...on(2020, 1, 5),
        mode: 0o644,
        owner: "DOM\\ann",
        group: "DOM\\Domain Users",
      }),
    ],
    [
      "-r-xr-xr-x    1 u g 9007199254740991 Jan  5  2020 huge",
      file("huge", 9007199254740991, {
        ...on(2020, 1, 5),
        ...U,
        mode: 0o555,
      }),
    ],
  ],
  "Unix names": [
    [
      "-rw-r--r-- 1 u g 1 Jan  5  2020    three before",
      file("   three before", 1, { ...on(2020, 1, 5), ...U }),
    ],
    [
      "-rw-r--r-- 1 u g 1 Jan  5  2020 two after  ",
      file("two after  ", 1, { ...on(2020, 1, 5), ...U }),
    ],
    // An arrow in the name of what is no link.
    ["-rw-r--r-- 1 u g 1 Jan  5  2020 a -> b", file("a -> b", 1, { ...on(2020, 1, 5), ...U })],
    ["-rw-r--r-- 1 u g 1 Jan  5  2020 -> x", file("-> x", 1, { ...on(2020, 1, 5), ...U })],
    [
      "-rw-r--r-- 1 u g 1 Jan  5  2020 5 Feb 2021 b",
      file("5 Feb 2021 b", 1, { ...on(2020, 1, 5), ...U }),
    ],
    [
      "-rw-r--r-- 1 u g 1 Jan  5  2020 größe 文件.txt",
      file("größe 文件.txt", 1, { ...on(2020, 1, 5), ...U }),
    ],
    ["lrwxrwxrwx 1 u g 1 Jan  5  2020 no target", {
      name: "no target",
      type: "link",
      ...on(2020, 1, 5),
      ...U,
      mode: 0o777,
    }],
  ],
  "devices, pipes, sockets, doors": [
    ["brw-rw---- 1 root disk 8,   0 Jan  5  2020 sda", {
      name: "sda",
      type: "other",
      ...on(2020, 1, 5),
      mode: 0o660,
      owner: "root",
      group: "disk",
    }],
    ["prw-r--r-- 1 u g 0 Jan  5  2020 pipe", {
      name: "pipe",
      type: "other",
      ...on(2020, 1, 5),
      ...U,
    }],
    ["srw-r--r-- 1 u g 0 Jan  5  2020 socket", {
      name: "socket",
      type: "other",
      ...on(2020, 1, 5),
      ...U,
    }],
    ["Drw-r--r-- 1 u g 0 Jan  5  2020 door", {
      name: "door",
      type: "other",
      ...on(2020, 1, 5),
      ...U,
    }],
  ],
  "dates of Unix": [
    [
      "-rw-r--r-- 1 u g 1 2023-01-05 10:11:12.345678901 +0100 full",
      file("full", 1, {
        ...at(2023, 1, 5, 9, 11, 12),
        ...U,
      }),
    ],
    [
      "-rw-r--r-- 1 u g 1 2023-01-05 10:11 short",
      file("short", 1, { ...at(2023, 1, 5, 10, 11), ...U }),
    ],
    ["-rw-r--r-- 1 u g 1 29. Feb 2024 dotted", file("dotted", 1, { ...on(2024, 2, 29), ...U })],
    [
      "-rw-r--r-- 1 u g 1 Jun 15  9:05 one digit",
      file("one digit", 1, { ...at(2026, 6, 15, 9, 5), ...U }),
    ],
  ],
  "months in other languages": [
    ["-rw-r--r-- 1 u g 1  5. Mär 2020 de", file("de", 1, { ...on(2020, 3, 5), ...U })],
    ["-rw-r--r-- 1 u g 1 Okt  5  2020 de", file("de", 1, { ...on(2020, 10, 5), ...U })],
    ["-rw-r--r-- 1 u g 1 5 févr. 2020 fr", file("fr", 1, { ...on(2020, 2, 5), ...U })],
    ["-rw-r--r-- 1 u g 1 août   5  2020 fr", file("fr", 1, { ...on(2020, 8, 5), ...U })],
    ["-rw-r--r-- 1 u g 1 ene  5  2020 es", file("es", 1, { ...on(2020, 1, 5), ...U })],
    ["-rw-r--r-- 1 u g 1 set  5  2020 pt", file("pt", 1, { ...on(2020, 9, 5), ...U })],
    ["-rw-r--r-- 1 u g 1 апр  5  2020 ru", file("ru", 1, { ...on(2020, 4, 5), ...U })],
    ["-rw-r--r-- 1 u g 1  3月  5  2020 zh", file("zh", 1, { ...on(2020, 3, 5), ...U })],
    ["-rw-r--r-- 1 u g 1 12月 5日 2020年 ja", file("ja", 1, { ...on(2020, 12, 5), ...U })],
  ],
  "Windows": [
    ["02-29-24  12:00PM       <DIR>          noon", folder("noon", at(2024, 2, 29, 12, 0))],
    [
      "02-28-69  01:05AM                    1 future.txt",
      file("future.txt", 1, at(2069, 2, 28, 1, 5)),
    ],
    ["02-28-70  01:05AM                    1 past.txt", file("past.txt", 1, at(1970, 2, 28, 1, 5))],
    [
      "01-05-2020  10:11               0  plain name",
      file("plain name", 0, at(2020, 1, 5, 10, 11)),
    ],
    ["05.01.2020  10:11    <DIR>          day first", folder("day first", at(2020, 1, 5, 10, 11))],
    [
      "29.01.20  23:59         1.234.567 dots.bin",
      file("dots.bin", 1234567, at(2020, 1, 29, 23, 59)),
    ],
    ["01/05/2020  10:11 AM    <JUNCTION>     Users [C:\\Users]", {
      name: "Users",
      type: "link",
      linkTarget: "C:\\Users",
      ...at(2020, 1, 5, 10, 11),
    }],
    // Windows CE, and Windows servers that imitate Unix.
    [
      "d---------   1 owner    group               0 Jan  5  2020 Windows",
      folder("Windows", {
        ...on(2020, 1, 5),
        mode: 0,
        owner: "owner",
        group: "group",
      }),
    ],
    [
      "-rwxrwxrwx   1 owner    group         1803128 Jul 10  2000 ls-lR.Z",
      file("ls-lR.Z", 1803128, {
        ...on(2000, 7, 10),
        mode: 0o777,
        owner: "owner",
        group: "group",
      }),
    ],
  ],
  "NetWare": [
    [
      "- [RWCEAFMS] admin              1024 Apr 13 09:30 a file.exe",
      file("a file.exe", 1024, {
        ...at(2026, 4, 13, 9, 30),
        owner: "admin",
      }),
    ],
    [
      "d [R----F--] supervisor            512 Jan  5  2020 login",
      folder("login", {
        ...on(2020, 1, 5),
        owner: "supervisor",
      }),
    ],
  ],
  "EPLF": [
    [
      "+m825718503,r,s280,\tno unique",
      file("no unique", 280, {
        modifiedMs: 825718503000,
        modifiedExactToMs: 1000,
      }),
    ],
    ["+up644,r,i1.2,\ta,b", file("a,b", undefined, { unique: "1.2" })],
  ],
  "VMS": [
    [
      "README.TXT;4               12/15     10-JAN-2005 08:37:12  [SYSTEM]     (RWED,RWED,RE,RE)",
      file("README.TXT", undefined, {
        ...at(2005, 1, 10, 8, 37, 12),
        owner: "SYSTEM",
      }),
    ],
    [
      "PUB.DIR;1   1/8   8-SEP-1996 16:09  [1,4]  (RWE,RWE,RE,RE)",
      folder("PUB", {
        ...at(1996, 9, 8, 16, 9),
        owner: "1,4",
      }),
    ],
    ["NOTES.;12  3  2-JUN-2020 07:37:00.42", file("NOTES.", undefined, at(2020, 6, 2, 7, 37))],
  ],
  "MVS": [
    [
      "SAVE02 3390   2003/11/14  1   10  FB     128 27904  PO  SOME.LIBRARY",
      folder("SOME.LIBRARY", on(2003, 11, 14)),
    ],
    [
      "TSO004 3390   2000/01/05  1    1  VB     255  3124  PS  'USER.FILE'",
      file("USER.FILE", undefined, on(2000, 1, 5)),
    ],
    ["TSO005 3390   **NONE**    1   15  VSAM     0     0  VS  USER.VSAM", {
      name: "USER.VSAM",
      type: "other",
    }],
    [
      " PAYROLL   01.02 2005/01/10 2005/03/11 12:20    44    43     0 ANN",
      file("PAYROLL", undefined, {
        ...at(2005, 3, 11, 12, 20),
        owner: "ANN",
      }),
    ],
  ],
  "AS/400": [
    [
      "QSYS            77824 02/23/00 15:09:55 *DIR       QOpenSys/",
      folder("QOpenSys", {
        ...at(2000, 2, 23, 15, 9, 55),
        owner: "QSYS",
      }),
    ],
    [
      "ANN              1234 23.02.20 15:09:55 *STMF      read me.txt",
      file("read me.txt", 1234, {
        ...at(2020, 2, 23, 15, 9, 55),
        owner: "ANN",
      }),
    ],
    // Nobody knows which of the two is the month.
    [
      "ANN              1234 02/03/20 15:09:55 *STMF      when.txt",
      file("when.txt", 1234, { owner: "ANN" }),
    ],
    [
      "ANN                                     *MEM       FILE.MEMBER",
      file("FILE.MEMBER", undefined, { owner: "ANN" }),
    ],
    ["ANN              8192 12/31/19 00:00:01 *PGM       TOOL.PGM", {
      name: "TOOL.PGM",
      type: "other",
      ...at(2019, 12, 31, 0, 0, 1),
      owner: "ANN",
    }],
  ],
};

for (const [form, rows] of Object.entries(FORMS)) {
  Deno.test(`lines of ${form} are read`, () => {
    for (const [line, expected] of rows) {
      const entry = {
        ...BARE,
        size: undefined,
        modifiedMs: undefined,
        modifiedExactToMs: undefined,
        ...expected,
      };
      assert.deepEqual(parseListLine(line, NOW_MS), { kind: "entry", entry }, line);
    }
  });
}

Deno.test("headings and totals name nothing", () => {
  const lines = [
    ...["total 1.5M", "insgesamt 12", "totale 8", "итого 24", "总用量 16", "合計 4", "   "],
    ...[
      "Directory DISK$USER:[ANON.PUB]",
      "Total of 11 files, 123 blocks.",
      "Grand total of 2 directories, 5 files.",
    ],
    "Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname",
    " Name     VV.MM   Created       Changed      Size  Init   Mod   Id",
  ];
  for (const line of lines) {
    assert.deepEqual(parseListLine(line, NOW_MS), { kind: "nothing" }, line);
  }
});

Deno.test("days and times that there are not, and lines cut in the middle, are not guessed", () => {
  const lines = [
    "-rw-r--r-- 1 u g 1 Feb 30  2020 a",
    "-rw-r--r-- 1 u g 1 Jan  5 25:00 a",
    "-rw-r--r-- 1 u g 1 2023-02-30 10:11 a",
    "13-32-97  11:32PM  1 a",
    "README.TXT;4",
    "SECRET.TXT;1  %RMS-E-PRV, insufficient privilege or file protection violation",
    "X.TXT;1  1/1  30-FEB-2020 10:11",
    "README.TXT;4  1/1  10-JAN-2005 08:37 ".slice(0, 20),
    "-rw-r--r--1",
    "ftpd: *ERROR cannot list",
  ];
  for (const line of lines) {
    assert.deepEqual(parseListLine(line, NOW_MS), { kind: "unknown" }, line);
  }
});

Deno.test("what VMS wraps is put together, and a name that nothing comes for is not lost", () => {
  const wrapped = new WrappedLines();
  const long = "A-VERY-LONG-NAME.TXT;1";
  assert.deepEqual(wrapped.take(long), []);
  const joined = wrapped.take("       5/9    2-JUN-1998 07:37:00  [1,4]");
  assert.deepEqual(joined, [`${long} 5/9    2-JUN-1998 07:37:00  [1,4]`]);
  const read = parseListLine(joined[0]!, NOW_MS);
  assert.equal(read.kind === "entry" && read.entry.name, "A-VERY-LONG-NAME.TXT");
  assert.deepEqual(wrapped.take("ALONE.TXT;1"), []);
  assert.deepEqual(wrapped.take("NEXT.TXT;1"), ["ALONE.TXT;1"]);
  assert.deepEqual(wrapped.take("total 5"), ["NEXT.TXT;1", "total 5"]);
  assert.deepEqual(wrapped.take("LAST.TXT;1 "), []);
  assert.deepEqual([wrapped.rest(), wrapped.rest()], [["LAST.TXT;1"], []]);
});
