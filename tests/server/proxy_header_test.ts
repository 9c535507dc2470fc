// PROXY headers: both versions in every split, hostile ones, and not one byte of what follows.

import assert from "node:assert/strict";
import fc from "fast-check";
import { addressBytes, addressText } from "../../server/network.ts";
import { parseProxyHeader, type ProxyHeader, takeProxyHeader } from "../../server/proxy_header.ts";
import { isFault } from "../../shared/fault.ts";

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(addressText);
const ipv6 = fc.uint8Array({ minLength: 15, maxLength: 15 })
  .map((rest) => addressText(Uint8Array.of(0x20, ...rest)));
const port = fc.nat(65_535);
const ends = (address: fc.Arbitrary<string>) => fc.tuple(address, address, port, port);
const extra = fc.uint8Array({ maxLength: 300 });

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function expected([from, to, fromPort, toPort]: [string, string, number, number]): ProxyHeader {
  return {
    kind: "proxied",
    source: { address: from, port: fromPort },
    destination: { address: to, port: toPort },
  };
}

function textHeader([from, to, fromPort, toPort]: [string, string, number, number]): Uint8Array {
  const family = from.includes(":") ? "TCP6" : "TCP4";
  return bytesOf(`PROXY ${family} ${from} ${to} ${fromPort} ${toPort}\r\n`);
}

function binaryHeader(
  [from, to, ...ports]: [string, string, number, number],
  more = new Uint8Array(0),
  command = 0x21,
): Uint8Array {
  const addresses = [...addressBytes(from) ?? [], ...addressBytes(to) ?? []];
  const tail = [...addresses, ...ports.flatMap((p) => [p >> 8, p & 0xff]), ...more];
  const family = from.includes(":") ? 0x21 : 0x11;
  return Uint8Array.from([
    ...SIGNATURE,
    command,
    family,
    tail.length >> 8,
    tail.length & 0xff,
    ...tail,
  ]);
}

/** Gives pieces of at most so many bytes. */
function sourceOf(bytes: Uint8Array, pieceBytes: number) {
  let at = 0;
  return {
    get left() {
      return bytes.subarray(at);
    },
    read(into: Uint8Array): Promise<number | null> {
      const piece = bytes.subarray(at, at + Math.min(pieceBytes, into.length));
      into.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length === 0 ? null : piece.length);
    },
  };
}

Deno.test("every header is read in any pieces, and nothing of what follows it", async () => {
  const both = fc.oneof(ends(ipv4), ends(ipv6));
  const rest = fc.uint8Array({ maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(both, extra, rest, fc.integer({ min: 1, max: 50 }), async (...given) => {
      const [told, more, after, piece] = given;
      for (const header of [textHeader(told), binaryHeader(told, more)]) {
        const source = sourceOf(Uint8Array.from([...header, ...after]), piece);
        assert.deepEqual(await takeProxyHeader(source), expected(told));
        assert.deepEqual(source.left, after);
      }
    }),
    { numRuns: 60 },
  );
});

/** Headers, whole or cut off, some with a byte or two that are not theirs, and what is none. */
function nearHeaders(): fc.Arbitrary<Uint8Array> {
  const header = fc.tuple(fc.oneof(ends(ipv4), ends(ipv6)), extra, fc.boolean())
    .map(([told, more, isText]) => isText ? textHeader(told) : binaryHeader(told, more));
  const changed = fc.tuple(header, fc.nat(), fc.nat(255)).map(([bytes, where, byte]) =>
    Uint8Array.from(bytes, (old, at) => at === where % bytes.length ? byte : old)
  );
  const noise = fc.uint8Array({ maxLength: 200 });
  const cut = fc.tuple(fc.oneof(header, changed), fc.nat())
    .map(([bytes, length]) => bytes.subarray(0, length % (bytes.length + 1)));
  return fc.oneof(header, changed, cut, noise);
}

Deno.test("bytes are a header, part of one or none, and what follows them changes nothing of it", () => {
  const verdicts = { whole: 0, part: 0, none: 0 };
  const rest = fc.uint8Array({ maxLength: 40 });
  fc.assert(fc.property(nearHeaders(), rest, (bytes, after) => {
    const read = parseProxyHeader(bytes);
    const longer = parseProxyHeader(Uint8Array.from([...bytes, ...after]));
    verdicts[read.ok ? read.value.kind : "none"]++;
    if (!read.ok) {
      assert.match(read.why, /^[^\r\n]+$/);
      assert.equal(longer.ok, false);
    } else if (read.value.kind === "whole") {
      assert.ok(read.value.length <= bytes.length);
      assert.deepEqual(longer, read);
      const shorter = parseProxyHeader(bytes.subarray(0, read.value.length - 1));
      assert.equal(shorter.ok && shorter.value.kind, "part");
    } else {
      assert.ok(read.value.atLeast > bytes.length && read.value.atLeast <= 16 + 4096);
    }
  }));
  for (const [verdict, count] of Object.entries(verdicts)) assert.ok(count > 0, `no ${verdict}`);
});

Deno.test("a proxy that speaks for itself, or does not know for whom, tells no address", () => {
  const ends: [string, string, number, number] = ["192.0.2.1", "192.0.2.2", 1, 2];
  const local = parseProxyHeader(binaryHeader(ends, new Uint8Array(0), 0x20));
  assert.deepEqual(local.ok && local.value.kind === "whole" && local.value.header, { kind: "own" });
  const unspecified = Uint8Array.from([...SIGNATURE, 0x21, 0x00, 0, 0]);
  for (
    const header of [
      unspecified,
      ...["", " ::1 ::1 1 1"].map((w) => bytesOf(`PROXY UNKNOWN${w}\r\n`)),
    ]
  ) {
    const read = parseProxyHeader(header);
    assert.deepEqual(read.ok && read.value, {
      kind: "whole",
      header: { kind: "own" },
      length: header.length,
    });
  }
});

Deno.test("what is no header is refused, each for its reason", async () => {
  const rows: [Uint8Array, RegExp][] = [
    [bytesOf("USER anonymous\r\n"), /a PROXY header was expected/],
    [bytesOf("proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n"), /a PROXY header was expected/],
    [bytesOf("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n"), /ends without CR/],
    [bytesOf("PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n"), /makes no sense/],
    [bytesOf("PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n"), /makes no sense/],
    [bytesOf("PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n"), /makes no sense/],
    [bytesOf("PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n"), /makes no sense/],
    [bytesOf("PROXY TCP4 1.1.1.1 ::1 1 2\r\n"), /makes no sense/],
    [bytesOf("PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n"), /makes no sense/],
    [bytesOf("PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n"), /makes no sense/],
    [bytesOf("PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n"), /makes no sense/],
    [bytesOf(`PROXY UNKNOWN ${"x".repeat(100)}\r\n`), /too long/],
    [bytesOf(`PROXY UNKNOWN ${"x".repeat(5000)}`), /too long/],
    [Uint8Array.from([...SIGNATURE, 0x31, 0x11, 0, 0]), /version is unknown/],
    [Uint8Array.from([...SIGNATURE, 0x22, 0x11, 0, 0]), /version is unknown/],
    [Uint8Array.from([...SIGNATURE, 0x21, 0x11, 0, 0]), /too short/],
    [Uint8Array.from([...SIGNATURE, 0x21, 0x12, 0, 0]), /not about TCP/],
    [Uint8Array.from([...SIGNATURE, 0x21, 0x31, 0, 0]), /not about TCP/],
    [Uint8Array.from([...SIGNATURE, 0x21, 0x11, 0xff, 0xff]), /too long/],
  ];
  for (const [bytes, why] of rows) {
    const padded = Uint8Array.from([...bytes, ...new Uint8Array(20)]);
    await assert.rejects(takeProxyHeader(sourceOf(padded, 7)), (error) => {
      return isFault(error, "denied") && why.test(String(error.cause));
    }, String(why));
  }
});

Deno.test("a connection that ends within its header is told as cut", async () => {
  const source = sourceOf(bytesOf("PROXY TCP4 1.1.1.1"), 4);
  await assert.rejects(takeProxyHeader(source), (error) => isFault(error, "truncated"));
});

Deno.test("an IPv4 address that a header maps into IPv6 is IPv4", () => {
  const read = parseProxyHeader(bytesOf("PROXY TCP6 ::ffff:192.0.2.1 ::1 5 6\r\n"));
  assert.deepEqual(
    read.ok && read.value.kind === "whole" && read.value.header,
    expected(["192.0.2.1", "::1", 5, 6]),
  );
});
