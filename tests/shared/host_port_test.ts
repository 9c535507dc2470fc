// PORT, PASV, EPRT and EPSV arguments and replies: what is printed parses, what is wrong does not.

import assert from "node:assert/strict";
import fc from "fast-check";
import { normaliseAddress } from "../../shared/endpoint.ts";
import {
  formatExtendedHostPort,
  formatHostPort,
  parseExtendedHostPort,
  parseExtendedPassiveReply,
  parseHostPort,
  parsePassiveReply,
} from "../../shared/host_port.ts";

const port = fc.integer({ min: 1, max: 65_535 });
const ipv4 = fc.record({ address: fc.ipV4(), port }, { noNullPrototype: true });

/** The form in which peers are compared. */
function canonical(address: string): string {
  const bare = normaliseAddress(address);
  return bare.includes(":") ? new URL(`http://[${bare}]/`).hostname.slice(1, -1) : bare;
}

Deno.test("an IPv4 endpoint printed for PORT parses to itself", () => {
  fc.assert(fc.property(ipv4, (endpoint) => {
    assert.deepEqual(parseHostPort(formatHostPort(endpoint)), { ok: true, value: endpoint });
  }));
});

Deno.test("an endpoint printed for EPRT parses to itself", () => {
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), port, (address, number) => {
    const answer = parseExtendedHostPort(formatExtendedHostPort({ address, port: number }));
    assert.ok(answer.ok && answer.value.protocol !== "unknown");
    assert.equal(answer.value.endpoint.address, canonical(address));
    assert.equal(answer.value.endpoint.port, number);
  }));
});

Deno.test("a 227 reply is found in any text around it", () => {
  fc.assert(fc.property(ipv4, fc.constantFrom("(", "=", " "), (endpoint, before) => {
    const text = `Passive Mode 2 ${before}${formatHostPort(endpoint)}).`;
    assert.deepEqual(parsePassiveReply(text), { ok: true, value: endpoint });
  }));
});

Deno.test("a 229 reply is found with any delimiter", () => {
  fc.assert(fc.property(port, fc.constantFrom("|", "!", "#", "~"), (number, d) => {
    const text = `Entering Extended Passive Mode (${d}${d}${d}${number}${d})`;
    assert.deepEqual(parseExtendedPassiveReply(text), { ok: true, value: number });
  }));
});

Deno.test("no text makes a parser throw", () => {
  const letters = fc.string({ unit: fc.constantFrom(..."|,.:1259af() "), maxLength: 40 });
  fc.assert(fc.property(letters, (text) => {
    parseHostPort(text);
    parseExtendedHostPort(text);
    parsePassiveReply(text);
    parseExtendedPassiveReply(text);
  }));
});

for (
  const text of [
    "1,2,3,4,5",
    "1,2,3,4,5,6,7",
    "256,2,3,4,5,6",
    "1,2,3,4,0,0",
    "1,2,3,4,5,6 ",
    "1,,3,4,5,6",
    "",
  ]
) {
  Deno.test(`PORT refuses "${text}"`, () => assert.equal(parseHostPort(text).ok, false));
}

for (
  const text of [
    "",
    "|1|127.0.0.1|0|",
    "|1|127.0.0.1|65536|",
    "|1|127.0.0.256|2000|",
    "|1|127.0.0.01|2000|",
    "|1|::1|2000|",
    "|2|127.0.0.1|2000|",
    "|2|::g|2000|",
    "|2|[::1]|2000|",
    "|1|127.0.0.1|2000",
    "|1|127.0.0.1|2000||",
    "||127.0.0.1|2000|",
    `|2|${"0".repeat(60)}::1|2000|`,
    "11112000111",
  ]
) {
  Deno.test(`EPRT refuses "${text}"`, () => {
    assert.equal(parseExtendedHostPort(text).ok, false);
  });
}

Deno.test("an IPv4-mapped address is the IPv4 address, and zeros are shortened", () => {
  for (
    const [given, address] of [["::ffff:127.0.0.1", "127.0.0.1"], ["0:0:0:0:0:0:0:1", "::1"]]
  ) {
    assert.deepEqual(parseExtendedHostPort(`|2|${given}|2000|`), {
      ok: true,
      value: { protocol: 2, endpoint: { address, port: 2000 } },
    });
  }
});
