// .netrc: its grammar, whose login it gives, and that nonsense is told as such.

import assert from "node:assert/strict";
import fc from "fast-check";
import { findLogin, parseNetrc } from "../../client/netrc.ts";

function login(text: string, machine: string, user?: string): string | undefined {
  const netrc = parseNetrc(text);
  assert.ok(netrc.ok, netrc.ok ? "" : netrc.why);
  const entry = findLogin(netrc.value, machine, user);
  return entry === undefined ? undefined : `${entry.login}/${entry.password?.reveal()}`;
}

const FILE = `# servers of mine
machine ftp.example.org login ann password s3cret account x
machine ftp.example.org
  login bob
  password "two words \\"quoted\\""   # behind a value too
macdef init
cd /pub
machine not.this login no password no

machine MIXED.example login eve password #hash
default login anonymous password ann@
`;

Deno.test("the first entry of a machine counts, and a named user chooses among them", () => {
  assert.equal(login(FILE, "ftp.example.org"), "ann/s3cret");
  assert.equal(login(FILE, "FTP.example.org", "bob"), 'bob/two words "quoted"');
});

Deno.test("macros and comments are no entries, and a # can start a password", () => {
  assert.equal(login(FILE, "not.this"), "anonymous/ann@");
  assert.equal(login(FILE, "mixed.example"), "eve/#hash");
  // Blanks make no line, and lines may end as elsewhere.
  const elsewhere = "macdef x\r\nmachine no login no\r\n \t\r\nmachine h login b password p\r\n";
  assert.equal(login(elsewhere, "h"), "b/p");
  assert.equal(login(elsewhere, "no"), undefined);
});

Deno.test("default stands for every other machine, but not for another user", () => {
  assert.equal(login(FILE, "elsewhere"), "anonymous/ann@");
  assert.equal(login(FILE, "elsewhere", "carol"), undefined);
});

Deno.test("text that is no .netrc is told as such", () => {
  for (const junk of ["login ann", "machine", "machine h login", "machine h user ann", "hello"]) {
    assert.equal(parseNetrc(junk).ok, false, junk);
  }
  assert.ok(parseNetrc("").ok);
  assert.ok(parseNetrc("macdef x\nnever ended").ok);
});

Deno.test("any login and password that were written are found", () => {
  const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 })
    .filter((text) => !text.includes("\0"));
  const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
  fc.assert(fc.property(word, word, (user, password) => {
    const text = `machine h login ${quoted(user)} password ${quoted(password)}`;
    assert.equal(login(text, "h"), `${user}/${password}`);
  }));
});
