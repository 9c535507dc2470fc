// Networks: how they read, what they hold, and that every address survives its bytes.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addressBlock,
  addressBytes,
  addressText,
  formatNetwork,
  isPrivate,
  type Network,
  networkHolds,
  parseNetwork,
} from "../../server/network.ts";

function network(text: string): Network {
  const read = parseNetwork(text);
  assert.ok(read.ok, text);
  return read.value;
}

Deno.test("networks hold their addresses and no others", () => {
  const rows: [string, string, boolean][] = [
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["10.0.0.0/8", "::ffff:10.0.0.1", true],
    ["192.0.2.7", "192.0.2.7", true],
    ["192.0.2.7", "192.0.2.6", false],
    ["192.0.2.128/25", "192.0.2.127", false],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "::1", false],
    ["2001:db8::/33", "2001:db8:7fff::1", true],
    ["2001:db8::/33", "2001:db8:8000::1", false],
    ["[::1]", "0:0:0:0:0:0:0:1", true],
    ["fe80::/10", "fe80::1%eth0", true],
    ["10.0.0.0/8", "no address", false],
  ];
  for (const [range, address, holds] of rows) {
    assert.equal(networkHolds(network(range), address), holds, `${range} ${address}`);
  }
});

Deno.test("what is no network is refused", () => {
  const wrong = ["", "10.0.0.0/33", "10.0.0.1/8", "10.0.0", "010.0.0.0/8", "::/129", "::1/64"];
  for (const text of [...wrong, "1.2.3.4/8/8", "1.2.3.4/", "host", "::1::2/64", "256.1.1.1"]) {
    assert.equal(parseNetwork(text).ok, false, text);
  }
});

/** How many bits of the byte at this place belong to the prefix. */
function bitsOfByte(prefixBits: number, at: number): number {
  return Math.max(0, Math.min(8, prefixBits - at * 8));
}

Deno.test("every address is the same after it was bytes, every network after it was text", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    // Not IPv4 mapped into IPv6: that is IPv4.
    fc.uint8Array({ minLength: 15, maxLength: 15 }).map((rest) => Uint8Array.of(0x20, ...rest)),
  );
  fc.assert(fc.property(bytes, fc.nat(128), (given, bits) => {
    assert.deepEqual(addressBytes(addressText(given)), given);
    const prefixBits = bits % (given.length * 8 + 1);
    const zeroed = given.map((byte, at) => byte & ~(0xff >> bitsOfByte(prefixBits, at)));
    const range = { bytes: zeroed, prefixBits };
    assert.equal(networkHolds(range, addressText(given)), true);
    assert.deepEqual(parseNetwork(formatNetwork(range)), { ok: true, value: range });
  }));
});

Deno.test("one IPv4 address is a block of its own, an IPv6 one has 64 bits, loopback is itself", () => {
  assert.equal(addressBlock("192.0.2.1"), "192.0.2.1");
  assert.equal(addressBlock("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(addressBlock("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(addressBlock("::1"), "::1");
});

Deno.test("private is what cannot be reached from the internet", () => {
  for (const address of ["10.0.0.1", "172.31.0.1", "192.168.1.1", "100.64.0.1", "fd00::1", "::1"]) {
    assert.equal(isPrivate(address), true, address);
  }
  for (const address of ["8.8.8.8", "172.32.0.1", "192.169.0.1", "2606:4700::1"]) {
    assert.equal(isPrivate(address), false, address);
  }
});
