// Addresses: every form reads, what is printed reads back, and nothing smuggles a second command.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Address,
  formatAddress,
  formatHostAndPort,
  parseAddress,
  parsePort,
  standardPort,
} from "../../client/address.ts";

function address(text: string): Omit<Address, "password"> & { password: string | undefined } {
  const answer = parseAddress(text);
  assert.ok(answer.ok, `"${text}": ${answer.ok ? "" : answer.why}`);
  return { ...answer.value, password: answer.value.password?.reveal() };
}

const PLAIN = { scheme: "ftp", user: undefined, password: undefined, port: undefined, path: "" };

const READ: readonly (readonly [string, object])[] = [
  ["example.org", { ...PLAIN, host: "example.org" }],
  ["EXAMPLE.org:2121", { ...PLAIN, host: "example.org", port: 2121 }],
  ["ann@example.org", { ...PLAIN, user: "ann", host: "example.org" }],
  ["ann@mail.org@example.org/x", {
    ...PLAIN,
    user: "ann@mail.org",
    host: "example.org",
    path: "x",
  }],
  ["example.org/100%/a b", { ...PLAIN, host: "example.org", path: "100%/a b" }],
  ["[::1]:2121/a", { ...PLAIN, host: "::1", port: 2121, path: "a" }],
  ["[FE80::1%eth0]", { ...PLAIN, host: "fe80::1%eth0" }],
  ["ftp://h/", { ...PLAIN, host: "h" }],
  ["ftp://h/a%20b/%C3%BC", { ...PLAIN, host: "h", path: "a b/ü" }],
  ["ftp://h/%2Fetc/motd", { ...PLAIN, host: "h", path: "/etc/motd" }],
  ["ftp://h//etc/motd", { ...PLAIN, host: "h", path: "/etc/motd" }],
  ["ftp://h/a;type=i", { ...PLAIN, host: "h", path: "a" }],
  ["ftp://a%40b:p%3Aw@h", { ...PLAIN, user: "a@b", password: "p:w", host: "h" }],
  ["FTPS://h", { ...PLAIN, scheme: "ftps", host: "h" }],
  ["ftpes://h:990", { ...PLAIN, scheme: "ftpes", host: "h", port: 990 }],
  ["münchen.example", { ...PLAIN, host: "xn--mnchen-3ya.example" }],
];

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["", /host/],
  ["ftp://", /host/],
  ["http://example.org/", /ftp:\/\/, ftpes:\/\/, ftps:\/\//],
  ["example.org:0", /port/],
  ["example.org:65536", /port/],
  ["example.org:", /port/],
  ["example.org:21x", /port/],
  ["::1", /brackets/],
  ["[::1", /host|brackets/],
  ["[example.org]", /IPv6/],
  ["@example.org", /user name/],
  ["a b", /host/],
  ["-x", /host/],
  ["ftp://h/%0d%0aDELE%20x", /CR or LF/],
  ["ftp://a%0Ab@h/", /CR or LF/],
  ["ann@h/a\nb", /CR or LF/],
  ["ftp://h/%zz", /hexadecimal/],
  ["ftp://h/%ff", /UTF-8/],
  ["ftp://h/a;type=a", /type=i/],
];

for (const [text, expected] of READ) {
  Deno.test(`the address "${text}" reads`, () => assert.deepEqual(address(text), expected));
}

for (const [text, why] of REFUSED) {
  Deno.test(`the address ${JSON.stringify(text)} is refused with what was expected`, () => {
    const answer = parseAddress(text);
    assert.ok(!answer.ok, "it was read");
    assert.match(answer.why, why);
  });
}

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")),
  fc.ipV4(),
  fc.ipV6().filter((text) => text.includes(":")),
);
const text = fc.string({ unit: "grapheme", maxLength: 20 }).map((each) =>
  each.replace(/[\0\r\n]/g, "").toWellFormed()
);
const anyAddress = fc.record({
  scheme: fc.constantFrom("ftp" as const, "ftpes" as const, "ftps" as const),
  user: fc.option(text.filter((each) => each !== ""), { nil: undefined }),
  password: fc.constant(undefined),
  host,
  port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
  path: text,
});

Deno.test("an address that was printed reads back as itself", () => {
  fc.assert(fc.property(anyAddress, (original) => {
    const port = original.port === standardPort(original.scheme) ? undefined : original.port;
    assert.deepEqual(address(formatAddress(original)), { ...original, port });
  }));
});

Deno.test("no text makes an address with a line break or NUL in it", () => {
  // Pieces that addresses are made of: of any characters hardly one is an address.
  const pieces = ["a", "@", "/", ":", "%41", "\0", "\r", "\n", "%00", "%0D", "%0a", "é"];
  const junk = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 8 });
  let addresses = 0;
  fc.assert(fc.property(junk, fc.boolean(), (end, isUrl) => {
    const answer = parseAddress(`${isUrl ? "ftp://" : ""}a${end}`);
    if (!answer.ok) return;
    addresses++;
    const { user, host, path } = answer.value;
    assert.doesNotMatch(`${user ?? ""}${host}${path}`, /[\0\r\n]/);
  }));
  assert.ok(addresses > 0);
});

Deno.test("a password in an address is never printed again", () => {
  const answer = parseAddress("ftp://ann:s3cret@example.org/x");
  assert.ok(answer.ok);
  const shown = formatAddress(answer.value) + JSON.stringify(answer.value) +
    Deno.inspect(answer.value);
  assert.doesNotMatch(shown, /s3cret/);
});

Deno.test("the standard port is left out, any other is shown, IPv6 gets its brackets", () => {
  assert.equal(formatHostAndPort({ scheme: "ftp", host: "h", port: 21 }), "h");
  assert.equal(formatHostAndPort({ scheme: "ftps", host: "h", port: undefined }), "h");
  assert.equal(formatHostAndPort({ scheme: "ftps", host: "h", port: 21 }), "h:21");
  assert.equal(formatHostAndPort({ scheme: "ftp", host: "::1", port: 2121 }), "[::1]:2121");
});

Deno.test("a port is a number from 1 to 65535 and nothing else", () => {
  for (const port of ["1", "21", "65535"]) assert.ok(parsePort(port).ok, port);
  for (const junk of ["", "0", "65536", "-1", "2 1", "0x10", "1e3", "21/tcp"]) {
    assert.ok(!parsePort(junk).ok, junk);
  }
});
