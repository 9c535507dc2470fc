// xferlog lines: fourteen words each, whatever a name holds.

import assert from "node:assert/strict";
import fc from "fast-check";
import { type MovedFile, xferlogLine } from "../../server/xferlog.ts";

const FILE: MovedFile = {
  endedMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  tookMs: 90_000,
  address: "2001:db8::1",
  bytes: 0,
  path: "/x",
  isText: true,
  isCompressed: true,
  sends: false,
  user: "anonymous",
  isAnonymous: true,
  isDone: false,
};

Deno.test("each word tells what it is there for", () => {
  assert.equal(
    xferlogLine(FILE),
    "Fri Jan  2 03:04:05 2026 90 2001:db8::1 0 /x a C i a anonymous ftp 0 * i\n",
  );
});

Deno.test("no name adds a word or a line", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (a, b) => {
    const line = xferlogLine({ ...FILE, path: `/${a}`, user: `u${b}` });
    assert.equal(line.trimEnd().split(/\s+/u).length, 18);
    assert.equal(line.indexOf("\n"), line.length - 1);
  }));
});
