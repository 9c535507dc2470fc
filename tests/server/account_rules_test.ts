// What may be an account's name, folder and password.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  checkAccountDirectory,
  checkAccountName,
  checkPassword,
  nameKey,
} from "../../server/accounts/account_rules.ts";

Deno.test("names of letters and digits of any script are accepted", () => {
  for (
    const name of [
      "a",
      "ann",
      "Ann.Lee",
      "a-b_c",
      "42",
      "_x",
      "jörg",
      "李雷",
      "мария",
      "a".repeat(32),
    ]
  ) {
    assert.deepEqual(checkAccountName(name), { ok: true, value: name });
  }
});

Deno.test("names that are no single plain folder on every system are refused", () => {
  const names = [
    "",
    ".",
    "..",
    ".ftp",
    ".hidden",
    "a/b",
    "a\\b",
    "a:b",
    "a b",
    "a\0",
    "a\n",
    "x.",
    "-rf",
  ];
  const devices = ["con", "NUL", "com1", "LPT9.txt", "aux.log"];
  const reserved = ["pub", "PUB", "anonymous", "ftp", "Ftp", "ftp.ini"];
  for (const name of [...names, ...devices, ...reserved, "a".repeat(33), "\u202eann", "a\u200bb"]) {
    assert.equal(checkAccountName(name).ok, false, JSON.stringify(name));
  }
});

Deno.test("an accepted name is one segment of a path, composed, and accepted again", () => {
  const unit = fc.constantFrom(..."aZ9._-é", "e\u0301", ..."/\\: \n\0\u202e");
  const verdicts = { accepted: 0, refused: 0 };
  fc.assert(fc.property(fc.string({ unit, maxLength: 5 }), (text) => {
    const name = checkAccountName(text);
    verdicts[name.ok ? "accepted" : "refused"]++;
    if (!name.ok) return assert.match(name.why, /^[^\r\n]+$/);
    assert.ok(!/[/\\:\0\p{Cc}\p{Cf}\s]/u.test(name.value));
    assert.ok(!name.value.startsWith("."));
    assert.equal(name.value.normalize("NFC"), name.value);
    assert.deepEqual(checkAccountName(name.value), name);
  }));
  assert.ok(verdicts.accepted > 0 && verdicts.refused > 0);
});

Deno.test("names that look the same have the same key", () => {
  assert.equal(nameKey("ANN"), nameKey("ann"));
  assert.equal(nameKey("\uff41nn"), nameKey("ann"));
  assert.notEqual(nameKey("ann"), nameKey("anna"));
});

Deno.test("folders below the data directory and absolute ones are accepted", () => {
  for (const folder of ["ann", "team/docs", "/srv/files", "C:\\files"]) {
    assert.deepEqual(checkAccountDirectory(folder), { ok: true, value: folder });
  }
  for (
    const folder of ["", "..", "a/..", "./a", "a//b", "a/", ".ftp", ".ftp/x", "a\\..\\b", "a\0"]
  ) {
    assert.equal(checkAccountDirectory(folder).ok, false, JSON.stringify(folder));
  }
});

Deno.test("a password can be anything a PASS command can carry", () => {
  for (const text of ["x", "two words", "pässword", "密码", "a".repeat(1024)]) {
    const password = checkPassword(text);
    assert.ok(password.ok);
    assert.equal(password.value.reveal(), text);
  }
  for (const text of ["", " x", "x ", "a\nb", "a\0b", "a\tb", "a".repeat(1025)]) {
    assert.equal(checkPassword(text).ok, false, JSON.stringify(text));
  }
});
