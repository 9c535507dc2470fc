// Sessions and transfers as the lines of `ftp who` and `ftp top`.

import assert from "node:assert/strict";
import { presenceScreen, sessionTable } from "../../client/presence_table.ts";
import { ENGLISH } from "../../client/texts/english.ts";
import type { PresentSession, PresentTransfer } from "../../shared/presence.ts";

const KIB = 1024;
const TEXTS = ENGLISH.presence;
const NOW_MS = 1_000_000;

function session(id: string, transfer?: Partial<PresentTransfer>): PresentSession {
  const usual = {
    verb: "STOR",
    path: `/${id}`,
    sends: false,
    sinceMs: NOW_MS - 5000,
    movedBytes: 0,
    totalBytes: undefined,
    offsetBytes: 0,
    rateBytes: 0,
  };
  return {
    id,
    account: "ann",
    address: "192.0.2.1",
    sinceMs: NOW_MS - 65_000,
    transfer: transfer && { ...usual, ...transfer },
  };
}

Deno.test("a table shows how far a transfer is, what was there before included", () => {
  const up = session("a", {
    movedBytes: 100 * KIB,
    offsetBytes: 100 * KIB,
    totalBytes: 400 * KIB,
    rateBytes: 10 * KIB,
  });
  assert.deepEqual(sessionTable([up, { ...session("b"), account: undefined }], NOW_MS, TEXTS), [
    "ID  USER  ADDRESS    FOR   DOING  DONE                      RATE     FILE",
    "a   ann   192.0.2.1  1:05  STOR   [======      ] 200K/400K  10.0K/s  /a",
    "b   -     192.0.2.1  1:05  -",
  ]);
});

Deno.test("what steers a terminal in a path or name is made visible", () => {
  const [, line = ""] = sessionTable([session("a", { path: "/x\x1b[2J" })], NOW_MS, TEXTS);
  assert.ok(!line.includes("\x1b"));
});

Deno.test("a screen shows the fastest first, the totals and quotas, and what fits", () => {
  const sessions = [
    session("idle"),
    session("slow", { rateBytes: KIB }),
    session("fast", { rateBytes: 9 * KIB, sends: true }),
  ];
  const presence = {
    sessions,
    totals: { receivedBytes: 3 * KIB, sentBytes: 4 * KIB },
    quotas: [
      { account: "ann", usedBytes: 5 * KIB, limitBytes: 10 * KIB },
      { account: "bob", usedBytes: 1, limitBytes: undefined },
    ],
  };
  const options = { nowMs: NOW_MS, columns: 80, rows: 24, about: "here", texts: TEXTS };
  const lines = presenceScreen(presence, options);
  assert.equal(lines[0], "here   sessions 3   transfers 2");
  assert.equal(lines[1], "up 1.00K/s (3.00K in all)   down 9.00K/s (4.00K in all)");
  assert.deepEqual(lines.slice(4, 7).map((line) => line.split(" ")[0]), ["fast", "slow", "idle"]);
  assert.equal(lines.at(-1), "ann   [======      ]  5.00K of 10.0K");
  const small = presenceScreen(presence, { ...options, rows: 6, columns: 20 });
  assert.equal(small.length, 6);
  assert.ok(small.every((line) => line.length <= 20));
  assert.equal(small.at(-1), "... and 5 more");
});
