// Bytes that are digested while they move: all of them, in order, and never while disk and network wait for it.

import assert from "node:assert/strict";
import { createHasher } from "../../shared/hash.ts";
import { move } from "../../client/transfer.ts";

/** What happened, in order, to a transfer of three pieces. */
async function movedPieces(): Promise<string[]> {
  const events: string[] = [];
  const hasher = createHasher("SHA-256");
  let reads = 0, writes = 0, digests = 0;
  const source = {
    read(into: Uint8Array) {
      events.push(`read ${++reads}`);
      // Each fills what it is given: a buffer a piece.
      into.fill(reads);
      return Promise.resolve(reads > 3 ? null : into.length);
    },
  };
  const expected = createHasher("SHA-256");
  const sink = {
    write(bytes: Uint8Array) {
      events.push(`write ${++writes}`);
      expected.update(bytes);
      return Promise.resolve();
    },
  };
  await move(source, sink, {
    options: {},
    stalledMs: 5000,
    signal: new AbortController().signal,
    hasher: {
      ...hasher,
      update(bytes) {
        events.push(`digest ${++digests}`);
        hasher.update(bytes);
      },
    },
    doneBytes: 0,
    totalBytes: undefined,
    salvage: false,
  });
  assert.equal(hasher.digest(), expected.digest());
  return events;
}

Deno.test("a piece is digested when it is on its way and the next one has been asked for", async () => {
  const events = await movedPieces();
  for (const piece of [1, 2, 3]) {
    const at = (event: string) => events.indexOf(event);
    assert.ok(at(`write ${piece}`) < at(`digest ${piece}`), `${events}`);
    assert.ok(at(`read ${piece + 1}`) < at(`digest ${piece}`), `${events}`);
  }
  assert.equal(events.filter((event) => event.startsWith("digest")).length, 3);
});
