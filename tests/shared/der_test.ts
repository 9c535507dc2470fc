// DER as X.690 and RFC 5280 write it, and as another reader understands it.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bitString,
  boolean,
  element,
  explicit,
  implicit,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  unsignedInteger,
  utf8String,
} from "../../shared/der.ts";

const hex = (bytes: Uint8Array) => bytes.toHex();

Deno.test("each element has its tag, its shortest length and its content", () => {
  const rows: [Uint8Array, string][] = [
    [boolean(true), "0101ff"],
    [boolean(false), "010100"],
    [unsignedInteger(Uint8Array.of(0)), "020100"],
    [unsignedInteger(Uint8Array.of()), "020100"],
    [unsignedInteger(Uint8Array.of(0, 0, 127)), "02017f"],
    [unsignedInteger(Uint8Array.of(128)), "02020080"],
    [unsignedInteger(Uint8Array.of(1, 0)), "02020100"],
    [objectIdentifier("2.5.4.3"), "0603550403"],
    [objectIdentifier("1.2.840.10045.4.3.2"), "06082a8648ce3d040302"],
    [objectIdentifier("1.3.6.1.5.5.7.3.1"), "06082b06010505070301"],
    [utf8String("ü"), "0c02c3bc"],
    [bitString(Uint8Array.of(5)), "03020005"],
    [octetString(Uint8Array.of(5, 6)), "04020506"],
    [sequence(), "3000"],
    [sequence(boolean(true), set(octetString(Uint8Array.of(9)))), "30080101ff3103040109"],
    [explicit(3, boolean(true)), "a3030101ff"],
    [implicit(7, Uint8Array.of(127, 0, 0, 1)), "87047f000001"],
  ];
  for (const [written, expected] of rows) assert.equal(hex(written), expected);
});

Deno.test("lengths take their long form from 128 on", () => {
  assert.equal(hex(element(4, new Uint8Array(127))).slice(0, 4), "047f");
  assert.equal(hex(element(4, new Uint8Array(128))).slice(0, 6), "048180");
  assert.equal(hex(element(4, new Uint8Array(255))).slice(0, 6), "0481ff");
  assert.equal(hex(element(4, new Uint8Array(256))).slice(0, 8), "04820100");
  assert.equal(hex(element(4, new Uint8Array(65_536))).slice(0, 10), "0483010000");
});

Deno.test("any content comes back by its length", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 70_000 }), (content) => {
    const written = element(0x04, content);
    const first = written[1] ?? 0;
    const octets = first < 0x80 ? 0 : first & 0x7f;
    const length = octets === 0
      ? first
      : written.subarray(2, 2 + octets).reduce((sum, octet) => sum * 256 + octet, 0);
    assert.equal(length, content.length);
    assert.deepEqual(written.subarray(2 + octets), Uint8Array.from(content));
  }));
});

Deno.test("moments have two digits of the year until 2049 and four after", () => {
  assert.equal(time(Date.UTC(2049, 11, 31, 23, 59, 59)).subarray(2).length, 13);
  assert.equal(new TextDecoder().decode(time(0).subarray(2)), "700101000000Z");
  assert.equal(new TextDecoder().decode(time(Date.UTC(2050)).subarray(2)), "20500101000000Z");
  assert.deepEqual([time(0)[0], time(Date.UTC(2050))[0]], [0x17, 0x18]);
});
