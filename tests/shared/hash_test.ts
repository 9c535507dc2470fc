// Digests against published vectors, their names, and the text of HASH replies.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  createHasher,
  formatHashReport,
  HASH_ALGORITHMS,
  HASHES,
  parseHashAlgorithm,
  parseHashReport,
} from "../../shared/hash.ts";
import { bytes } from "../support/storage_steps.ts";

/** Of "abc", except CRC32: of "123456789", the value every CRC catalogue gives. */
const VECTORS = {
  "SHA-256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  "SHA-512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  "SHA-1": "a9993e364706816aba3e25717850c26c9cd0d89d",
  "MD5": "900150983cd24fb0d6963f7d28e17f72",
  "CRC32": "cbf43926",
};

Deno.test("every algorithm gives the published digest, of the published length", () => {
  for (const algorithm of HASH_ALGORITHMS) {
    const hasher = createHasher(algorithm);
    hasher.update(bytes(algorithm === "CRC32" ? "123456789" : "abc"));
    const digest = hasher.digest();
    assert.equal(digest, VECTORS[algorithm]);
    assert.equal(digest.length, 2 * HASHES[algorithm].digestBytes);
  }
});

Deno.test("a digest does not depend on how the bytes were cut", () => {
  fc.assert(fc.property(
    fc.constantFrom(...HASH_ALGORITHMS),
    fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }),
    (algorithm, pieces) => {
      const cut = createHasher(algorithm), whole = createHasher(algorithm);
      for (const piece of pieces) cut.update(piece);
      whole.update(Uint8Array.from(pieces.flatMap((piece) => [...piece])));
      assert.equal(cut.digest(), whole.digest());
    },
  ));
});

Deno.test("names are read in any case, with and without hyphens", () => {
  for (const [text, name] of [["sha-256", "SHA-256"], ["SHA256", "SHA-256"], ["Sha1", "SHA-1"]]) {
    assert.deepEqual(parseHashAlgorithm(text!), { ok: true, value: name });
  }
  for (const text of ["", "SHA", "SHA-25", "CRC-37", "-"]) {
    assert.equal(parseHashAlgorithm(text).ok, false, text);
  }
});

Deno.test("no two algorithms share an older verb", () => {
  const verbs = HASH_ALGORITHMS.flatMap((name) => HASHES[name].verbs);
  assert.equal(new Set(verbs).size, verbs.length);
});

Deno.test("a HASH report is read as it was written", () => {
  const report = fc.record({
    algorithm: fc.constantFrom(...HASH_ALGORITHMS),
    start: fc.nat(),
    length: fc.nat(),
    path: fc.string({ unit: "grapheme" }).filter((path) => !/[\r\n]/.test(path)),
  });
  fc.assert(fc.property(report, ({ algorithm, start, length, path }) => {
    const digest = VECTORS[algorithm];
    const value = { algorithm, start, last: start + length, digest, path };
    assert.deepEqual(parseHashReport(formatHashReport(value)), { ok: true, value });
  }));
});

Deno.test("the range of an empty file does not end before it starts", () => {
  const value = { algorithm: "CRC32", start: 0, last: -1, digest: "00000000", path: "f" } as const;
  assert.equal(formatHashReport(value), "CRC32 0-0 00000000 f");
});

Deno.test("other texts are no HASH report", () => {
  const good = `SHA-1 0-2 ${VECTORS["SHA-1"]} f`;
  assert.equal(parseHashReport(good).ok, true);
  for (
    const bad of [
      "",
      "SHA-1 0-2",
      good.replace("SHA-1", "SHA-3"),
      good.replace("0-2", "2-0"),
      good.replace("0-2", "0-"),
      good.replace("0-2", "0-99999999999999999999"),
      good.replace("0-2", "0-9999999999999999"),
      good.replace("a9", ""),
      good.replace("a9", "xy"),
    ]
  ) assert.equal(parseHashReport(bad).ok, false, bad);
});

Deno.test("no text makes the report parser throw", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    parseHashReport(text);
    parseHashAlgorithm(text);
  }));
});
