// MODE Z: one zlib stream either way, in any pieces, in bounded memory.

import assert from "node:assert/strict";
import { deflateSync, inflateSync } from "node:zlib";
import { deflated, inflated } from "../../server/deflate_stream.ts";
import type { ByteStream } from "../../shared/byte_stream.ts";
import { Fault, isFault } from "../../shared/fault.ts";
import { noise } from "../support/file_tree.ts";
import { joined } from "../support/pieces.ts";
import { assertSameBytes } from "../support/same_bytes.ts";

/** A wire that gives these pieces and keeps what it is given. */
function wireOf(pieces: Uint8Array[], end: () => null = () => null) {
  const sent: Uint8Array[] = [];
  let isFinished = false;
  const endpoint = { address: "127.0.0.1", port: 20 };
  const wire: ByteStream = {
    local: endpoint,
    remote: endpoint,
    secure: false,
    // deno-lint-ignore require-await -- what the end throws must reject
    async read(into) {
      const piece = pieces.shift();
      if (piece === undefined) return end();
      into.set(piece);
      return piece.length;
    },
    write: (bytes) => Promise.resolve(void sent.push(bytes.slice())),
    finish: () => Promise.resolve(void (isFinished = true)),
    close() {},
    [Symbol.dispose]() {},
  };
  return { wire, sent: () => joined(sent), isFinished: () => isFinished };
}

function cut(bytes: Uint8Array, length: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) pieces.push(bytes.subarray(at, at + length));
  return pieces;
}

async function readAll(stream: ByteStream, bufferBytes = 5000): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const into = new Uint8Array(bufferBytes);
  for (let count = await stream.read(into); count !== null; count = await stream.read(into)) {
    pieces.push(into.slice(0, count));
  }
  return joined(pieces);
}

Deno.test("what is written is one zlib stream, complete when it is finished", async () => {
  const bytes = noise(300_001);
  const { wire, sent, isFinished } = wireOf([]);
  using stream = deflated(wire, 6);
  for (const piece of cut(bytes, 70_000)) await stream.write(piece);
  assert.equal(isFinished(), false);
  await stream.finish();
  assert.equal(isFinished(), true);
  assertSameBytes(inflateSync(sent()), bytes);
});

Deno.test("a higher level makes less of the same bytes", async () => {
  const text = new TextEncoder().encode(
    Array.from({ length: 20_000 }, (_, at) => `${at * at}`).join(" "),
  );
  const lengths: number[] = [];
  for (const level of [1, 9]) {
    const { wire, sent } = wireOf([]);
    using stream = deflated(wire, level);
    await stream.write(text);
    await stream.finish();
    lengths.push(sent().length);
  }
  assert.ok(lengths[1]! < lengths[0]!, `${lengths}`);
});

Deno.test("what is read is what was compressed, however it was cut", async () => {
  for (const length of [1, 7, 1000, 32_768]) {
    const bytes = noise(length * 3 + 1000, 7);
    using stream = inflated(wireOf(cut(deflateSync(bytes), length)).wire);
    assertSameBytes(await readAll(stream, length + 1), bytes);
  }
});

Deno.test("no bytes at all are an empty file, and an empty file is a stream", async () => {
  using nothing = inflated(wireOf([]).wire);
  assert.equal((await readAll(nothing)).length, 0);
  const { wire, sent } = wireOf([]);
  using stream = deflated(wire, 6);
  await stream.finish();
  assert.equal(inflateSync(sent()).length, 0);
});

Deno.test("a stream that breaks off, or is none, is truncated", async () => {
  const whole = deflateSync(noise(1000));
  for (const bytes of [whole.subarray(0, 500), new TextEncoder().encode("no zlib stream")]) {
    using stream = inflated(wireOf([new Uint8Array(bytes)]).wire);
    await assert.rejects(readAll(stream), (error) => isFault(error, "truncated"));
  }
});

Deno.test("a failure of the wire stays what it is, in both directions", async () => {
  const lost = () => {
    throw new Fault("timed-out");
  };
  using reading = inflated(wireOf([], lost).wire);
  await assert.rejects(readAll(reading), (error) => isFault(error, "timed-out"));
  const { wire } = wireOf([]);
  using writing = deflated({ ...wire, write: () => Promise.reject(new Fault("timed-out")) }, 1);
  await assert.rejects(async () => {
    await writing.write(noise(300_000));
    await writing.finish();
  }, (error) => isFault(error, "timed-out"));
});

Deno.test("a thousandfold stream is read in pieces, the rest of it not before it is wanted", async () => {
  const pieces = cut(deflateSync(new Uint8Array(200_000_000)), 1024);
  const total = pieces.length;
  using stream = inflated(wireOf(pieces).wire);
  const into = new Uint8Array(65_536);
  assert.ok(await stream.read(into) !== null);
  // Turns enough to read all of it, were anybody to go on without being asked.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  assert.ok(pieces.length > total / 2, `${pieces.length} of ${total}`);
});
