// Standard input shared by several readers: nothing is lost between them.

import assert from "node:assert/strict";
import fc from "fast-check";
import type { ByteSource } from "../../shared/byte_stream.ts";
import { Input } from "../../client/input.ts";
import { assertSameBytes } from "../support/same_bytes.ts";

function sourceOf(parts: readonly Uint8Array[]): ByteSource {
  const left = parts.filter((part) => part.length > 0);
  return {
    read(into) {
      const part = left.shift();
      if (part === undefined) return Promise.resolve(null);
      const taken = part.subarray(0, into.length);
      if (taken.length < part.length) left.unshift(part.subarray(taken.length));
      into.set(taken);
      return Promise.resolve(taken.length);
    },
  };
}

async function rest(input: Input): Promise<Uint8Array> {
  const parts: number[] = [];
  const buffer = new Uint8Array(7);
  for (let n = await input.read(buffer); n !== null; n = await input.read(buffer)) {
    parts.push(...buffer.subarray(0, n));
  }
  return Uint8Array.from(parts);
}

Deno.test("a first line is read and the rest stays, however the bytes arrive", async () => {
  const text = fc.string({ unit: "grapheme" }).map((each) => each.replace(/[\r\n]/g, ""));
  await fc.assert(fc.asyncProperty(
    text,
    fc.constantFrom("\n", "\r\n"),
    fc.uint8Array({ maxLength: 60 }),
    fc.array(fc.nat({ max: 80 })),
    async (line, end, content, cuts) => {
      const all = new Uint8Array([...new TextEncoder().encode(line + end), ...content]);
      const places = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b)];
      const parts = places.map((from, at) => all.slice(from, places[at + 1] ?? all.length));
      const input = new Input(sourceOf(parts));
      assert.equal(await input.readLine(), line);
      assertSameBytes(await rest(input), content);
    },
  ));
});

Deno.test("a mark that files begin with is part of what was typed", async () => {
  const input = new Input(sourceOf([new TextEncoder().encode("\uFEFFsecret\n")]));
  assert.equal(await input.readLine(), "\uFEFFsecret");
});

Deno.test("a read that was given up leaves its bytes to the next one", async () => {
  const arrival = Promise.withResolvers<string>();
  const input = new Input({
    async read(into) {
      return new TextEncoder().encodeInto(await arrival.promise, into).written;
    },
  });
  const controller = new AbortController();
  const given = input.readLine(controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(given, /enough/);
  arrival.resolve("typed later\n");
  assert.equal(await input.readLine(), "typed later");
});

Deno.test("the end of the input is null, after a last line without an end", async () => {
  const input = new Input(sourceOf([new TextEncoder().encode("a\nb")]));
  assert.deepEqual([await input.readLine(), await input.readLine(), await input.readLine()], [
    "a",
    "b",
    null,
  ]);
});

Deno.test("a line beyond the limit is refused instead of kept", async () => {
  let given = 0;
  const input = new Input({
    read: (into) => {
      given += into.length;
      // Who reads on until a line ends is found out.
      return Promise.resolve(given > 1024 * 1024 ? null : into.fill(120).length);
    },
  });
  await assert.rejects(input.readLine(), /more than 65536 bytes/);
});
