// Replies are read the same however the network cuts them, and nothing a server sends is kept without bound.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  REPLY_LIMIT_BYTES,
  REPLY_LINE_LIMIT_BYTES,
  ReplyReader,
} from "../../client/reply_reader.ts";
import { formatReply, type Reply, reply } from "../../shared/reply.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function readAll(...pieces: Uint8Array[]): unknown[] {
  const reader = new ReplyReader();
  const found: unknown[] = [];
  for (const piece of pieces) {
    reader.take(piece);
    for (let next = reader.next(); next !== undefined; next = reader.next()) {
      found.push(next);
      if ("why" in next) return found;
    }
  }
  return found;
}

const TABLE: readonly [title: string, text: string, replies: Reply[]][] = [
  ["a single line", "220 Hello\r\n", [{ code: 220, lines: ["Hello"] }]],
  ["a bare LF", "220 Hello\n", [{ code: 220, lines: ["Hello"] }]],
  ["no text", "220 \r\n", [{ code: 220, lines: [""] }]],
  ["the code alone", "220\r\n", [{ code: 220, lines: [""] }]],
  ["lines without a code", "230-One\r\ntwo\r\n three\r\n230 End\r\n", [
    { code: 230, lines: ["One", "two", "three", "End"] },
  ]],
  ["lines with the code", "230-One\r\n230-two\r\n230 End\r\n", [
    { code: 230, lines: ["One", "two", "End"] },
  ]],
  ["another code in the middle", "230-One\r\n226 no end\r\n230 End\r\n", [
    { code: 230, lines: ["One", "226 no end", "End"] },
  ]],
  ["an empty middle line", "214-Help\r\n\r\n214 End\r\n", [
    { code: 214, lines: ["Help", "", "End"] },
  ]],
  ["the code alone as the end", "214-Help\r\n214\r\n", [{ code: 214, lines: ["Help", ""] }]],
  ["two replies at once", "150 Go\r\n226 Done\r\n", [
    { code: 150, lines: ["Go"] },
    { code: 226, lines: ["Done"] },
  ]],
  ["UTF-8", "250 Größe 文\r\n", [{ code: 250, lines: ["Größe 文"] }]],
];

for (const [title, text, replies] of TABLE) {
  Deno.test(`a reply is read: ${title}`, () => {
    assert.deepEqual(readAll(bytes(text)), replies);
  });

  Deno.test(`a reply is read byte by byte: ${title}`, () => {
    assert.deepEqual(readAll(...Array.from(bytes(text), (byte) => Uint8Array.of(byte))), replies);
  });
}

const anyReply = fc.record({
  code: fc.integer({ min: 100, max: 599 }),
  lines: fc.array(fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, "")), {
    minLength: 1,
    maxLength: 5,
  }),
}).map(({ code, lines: [first = "", ...more] }) => reply(code, first, ...more));

Deno.test("what one side formats the other reads, cut at any place", () => {
  fc.assert(
    fc.property(fc.array(anyReply, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 8 }), (
      replies,
      marks,
    ) => {
      const wire = bytes(replies.map(formatReply).join(""));
      const cuts = marks.map((mark) => mark % (wire.length + 1)).sort((a, b) => a - b);
      const pieces = [...cuts, wire.length].map((end, at) => wire.slice(cuts[at - 1] ?? 0, end));
      assert.deepEqual(readAll(...pieces), replies);
    }),
  );
});

for (
  const garbage of ["HTTP/1.1 400 Bad Request\r\n", "SSH-2.0-x\r\n", "22\r\n", "999 x\r\n", "\r\n"]
) {
  Deno.test(`what is no reply is said to be none: ${JSON.stringify(garbage)}`, () => {
    const [problem] = readAll(bytes(garbage)) as [{ why: string }];
    assert.match(problem.why, /not an FTP reply/);
  });
}

Deno.test("any bytes at all give replies or a problem, never an exception", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (noise) => {
    readAll(noise);
  }));
});

Deno.test("a line without an end is given up at its limit", () => {
  const reader = new ReplyReader();
  reader.take(bytes("220 " + "x".repeat(REPLY_LINE_LIMIT_BYTES)));
  assert.deepEqual(reader.next(), { why: "a reply line is too long" });
});

Deno.test("a reply without an end is given up at its limit", () => {
  const reader = new ReplyReader();
  reader.take(bytes("211-Start\r\n"));
  const line = bytes("x".repeat(1000) + "\r\n");
  for (let sent = 0; sent <= REPLY_LIMIT_BYTES; sent += 1000) reader.take(line);
  assert.deepEqual(reader.next(), { why: "a reply is too long" });
});

Deno.test("what was received and not yet told can be dropped", () => {
  const reader = new ReplyReader();
  reader.take(bytes("234 Go\r\n230-Logged"));
  assert.equal(reader.holdsAnything, true);
  reader.discard();
  assert.equal(reader.holdsAnything, false);
  reader.take(bytes("220 Fresh\r\n"));
  assert.deepEqual(reader.next(), { code: 220, lines: ["Fresh"] });
});
