// TYPE A: the same conversion at any chunk boundary, and back again.

import assert from "node:assert/strict";
import fc from "fast-check";
import { CrlfDecoder, CrlfEncoder, crlfSink, crlfSource, lfSource } from "../../shared/ascii.ts";
import type { ByteSource } from "../../shared/byte_stream.ts";
import { cut, joined } from "../support/pieces.ts";

const bytes = fc.array(fc.constantFrom(0x0a, 0x0d, 0x61, 0x62), { maxLength: 40 })
  .map((list) => Uint8Array.from(list));
const latin1 = (given: Uint8Array) => Array.from(given, (b) => String.fromCharCode(b)).join("");

/** Gives one piece a read, in parts where the buffer is small. */
function sourceOf(pieces: readonly Uint8Array[]): ByteSource {
  const rest = pieces.filter((piece) => piece.length > 0);
  return {
    read(into) {
      const piece = rest.shift();
      if (piece === undefined) return Promise.resolve(null);
      const given = piece.subarray(0, into.length);
      if (given.length < piece.length) rest.unshift(piece.subarray(given.length));
      into.set(given);
      return Promise.resolve(given.length);
    },
  };
}

async function drain(source: ByteSource, bufferBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  const buffer = new Uint8Array(bufferBytes);
  for (let n = await source.read(buffer); n !== null; n = await source.read(buffer)) {
    assert.ok(n > 0, "a read gives at least one byte");
    pieces.push(buffer.slice(0, n));
  }
  return latin1(joined(pieces));
}

/** The whole rule on a whole text. */
const onWire = (text: string) => text.replace(/(?<!\r)\n/g, "\r\n");
const atRest = (text: string) => text.replaceAll("\r\n", "\n");

Deno.test("every LF leaves as CRLF, whatever the chunk boundaries", () => {
  fc.assert(fc.property(cut(bytes), ({ whole, pieces }) => {
    const encoder = new CrlfEncoder();
    const out = joined(pieces.map((piece) => encoder.convert(piece).slice()));
    assert.equal(latin1(out), onWire(latin1(whole)));
  }));
});

Deno.test("every CRLF is kept as LF, whatever the chunk boundaries", () => {
  fc.assert(fc.property(cut(bytes), ({ whole, pieces }) => {
    const decoder = new CrlfDecoder();
    const out = joined([...pieces.map((p) => decoder.convert(p).slice()), decoder.end()]);
    assert.equal(latin1(out), atRest(latin1(whole)));
  }));
});

Deno.test("text with LF line ends comes back as it was", () => {
  const lines = fc.array(fc.stringMatching(/^[a-z]{0,5}$/)).map((all) => all.join("\n"));
  fc.assert(fc.property(lines, (text) => assert.equal(atRest(onWire(text)), text)));
});

Deno.test("sources convert for buffers of any size", async () => {
  const buffer = fc.integer({ min: 1, max: 9 });
  await fc.assert(fc.asyncProperty(cut(bytes), buffer, async ({ whole, pieces }, size) => {
    assert.equal(await drain(crlfSource(sourceOf(pieces)), size), onWire(latin1(whole)));
    assert.equal(await drain(lfSource(sourceOf(pieces)), size), atRest(latin1(whole)));
  }));
});

Deno.test("a sink is given line ends as on the wire", async () => {
  const written: Uint8Array[] = [];
  const sink = crlfSink({ write: (given) => Promise.resolve(void written.push(given.slice())) });
  await sink.write(Uint8Array.of(0x61, 0x0d));
  await sink.write(Uint8Array.of(0x0a, 0x0a));
  assert.equal(latin1(joined(written)), "a\r\n\r\n");
});
