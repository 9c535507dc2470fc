// Framing: lines come out the same however the network cut them, and Telnet leaves no trace.

import assert from "node:assert/strict";
import fc from "fast-check";
import { LINE_LIMIT_BYTES, type LineEvent, LineReader } from "../../shared/line_reader.ts";
import { cut } from "../support/pieces.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const latin1 = (bytes: Uint8Array) => Array.from(bytes, (b) => String.fromCharCode(b)).join("");

/** Events as text, one string a line; `null` for one that was too long. */
function read(reader: LineReader, ...pieces: (string | number[])[]): (string | null)[] {
  return pieces.flatMap((piece) =>
    shown(reader.push(typeof piece === "string" ? bytesOf(piece) : Uint8Array.from(piece)))
  );
}

function shown(events: LineEvent[]): (string | null)[] {
  return events.map((event) => event.kind === "line" ? latin1(event.bytes) : null);
}

Deno.test("a line ends at CRLF or at a bare LF, and a CR alone is part of it", () => {
  assert.deepEqual(read(new LineReader(), "a\r\nb\nc\rd\r\r\n\n"), ["a", "b", "c\rd\r", ""]);
});

Deno.test("lines are the same however the bytes were cut", () => {
  const interesting = fc.constantFrom(0x0a, 0x0d, 0xff, 0xf2, 0xf4, 0xfa, 0xf0, 0xfb, 0x41, 0x42);
  const abort = fc.constantFrom(...bytesOf("ABOR\r\n"));
  const bytes = fc.array(fc.oneof(interesting, abort), { maxLength: 60 })
    .map((list) => Uint8Array.from(list));
  fc.assert(fc.property(cut(bytes), ({ whole, pieces }) => {
    const once = new LineReader({ limitBytes: 9 });
    const often = new LineReader({ limitBytes: 9 });
    assert.deepEqual(pieces.flatMap((piece) => often.push(piece)), once.push(whole));
  }));
});

Deno.test("what was written as lines is read as the same lines", () => {
  const line = fc.string().filter((text) => !/[\r\n]/.test(text));
  fc.assert(fc.property(fc.array(line), (lines) => {
    const events = new LineReader().push(bytesOf(lines.map((each) => `${each}\r\n`).join("")));
    const texts = events.map((e) => e.kind === "line" ? new TextDecoder().decode(e.bytes) : null);
    assert.deepEqual(texts, lines.map((each) => new TextDecoder().decode(bytesOf(each))));
  }));
});

Deno.test("a doubled IAC is one byte of data", () => {
  assert.deepEqual(read(new LineReader(), [0x61, 0xff, 0xff, 0x62, 0x0a]), ["a\xffb"]);
});

Deno.test("options and subnegotiations vanish", () => {
  const will = [0xff, 0xfb, 0x01];
  const subnegotiation = [0xff, 0xfa, 0x18, 0x0a, 0xff, 0xff, 0x41, 0xff, 0xf0];
  assert.deepEqual(read(new LineReader(), will, "PW", subnegotiation, "D\r\n"), ["PWD"]);
});

for (
  const [what, synch] of [
    ["whole", [0xff, 0xf4, 0xff, 0xf2]],
    ["without its DM", [0xff, 0xf4, 0xff]],
    ["without its IAC", [0xff, 0xf4, 0xf2]],
  ] as const
) {
  Deno.test(`ABOR is heard behind a Telnet Synch ${what}`, () => {
    assert.deepEqual(read(new LineReader(), [...synch], "ABOR\r\n", "PWD\r\n"), ["ABOR", "PWD"]);
  });
}

Deno.test("ABOR whose LF was lost is a line at once", () => {
  const reader = new LineReader();
  assert.deepEqual(read(reader, "abor\r"), ["abor"]);
  assert.deepEqual(read(reader, "PWD\r\n"), ["PWD"]);
});

Deno.test("the LF that follows an ABOR taken at its CR is no empty line", () => {
  assert.deepEqual(read(new LineReader(), "ABOR\r", "\n", "\n"), ["ABOR", ""]);
});

Deno.test("only a line that is ABOR ends at its CR", () => {
  assert.deepEqual(read(new LineReader(), "STOR ABOR\rx\r\n"), ["STOR ABOR\rx"]);
});

Deno.test("a line of the bound's length passes and one byte more is told once and skipped", () => {
  const longest = "x".repeat(LINE_LIMIT_BYTES);
  const reader = new LineReader();
  assert.deepEqual(read(reader, `${longest}\r\n`), [longest]);
  assert.deepEqual(read(reader, `${longest}y`), [null]);
  assert.deepEqual(read(reader, longest, longest, "\r\nPWD\r\n"), ["PWD"]);
});

Deno.test("a line is under way from its first byte to its end", () => {
  const reader = new LineReader();
  assert.equal(reader.midLine, false);
  for (const begun of ["P", "\r"]) {
    read(reader, begun);
    assert.equal(reader.midLine, true);
    read(reader, "\n");
    assert.equal(reader.midLine, false);
  }
});
