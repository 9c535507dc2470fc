// Which names each host takes, and which would mean something else to it.

import assert from "node:assert/strict";
import fc from "fast-check";
import { checkHostName } from "../../server/storage/host_name.ts";

const isGood = (name: string, os: typeof Deno.build.os) => checkHostName(name, os).ok;

Deno.test("no host takes what is not one plain name", () => {
  for (const os of ["linux", "darwin", "windows"] as const) {
    for (const name of ["", ".", "..", "a/b", "a\0b", "\ud800", "n".repeat(256)]) {
      assert.equal(isGood(name, os), false, `${os}: ${JSON.stringify(name)}`);
    }
    for (const name of ["a", "a b", "ü", "文件", ".hidden", "-l", "a..b", "n".repeat(255)]) {
      assert.equal(isGood(name, os), true, `${os}: ${name}`);
    }
  }
});

Deno.test("Linux counts bytes, Windows UTF-16 units", () => {
  assert.equal(isGood("ü".repeat(127), "linux"), true);
  assert.equal(isGood("ü".repeat(128), "linux"), false);
  assert.equal(isGood("ü".repeat(255), "windows"), true);
});

Deno.test("Windows refuses drives, streams, separators, wildcards and control characters", () => {
  for (const name of ["C:", "C:a", "a:b", "a::$DATA", "a\\b", "..\\a", "*", "a?", "a|b", "\x01"]) {
    assert.equal(isGood(name, "windows"), false, name);
    assert.equal(isGood(name, "linux"), true, name);
  }
});

Deno.test("Windows refuses names that it would shorten, and short names", () => {
  for (const name of ["a.", "a ", ".ftp.", "...", "PROGRA~1", "ftp~1.txt"]) {
    assert.equal(isGood(name, "windows"), false, name);
  }
  assert.equal(isGood("a~", "windows"), true);
});

Deno.test("Windows refuses devices, whatever follows them", () => {
  for (const name of ["con", "NUL", "Aux.txt", "com1", "LPT9.tar.gz", "COM¹", "prn .x", "conin$"]) {
    assert.equal(isGood(name, "windows"), false, name);
  }
  for (const name of ["console", "com", "com10", "nul2", "acon", "lpt"]) {
    assert.equal(isGood(name, "windows"), true, name);
  }
});

Deno.test("what a host takes is one name to its path functions", () => {
  const unit = fc.constantFrom(..."ab/\\:. \0é");
  fc.assert(fc.property(fc.string({ unit, maxLength: 5 }), (name) => {
    if (isGood(name, "linux")) assert.ok(!name.includes("/") && !name.includes("\0"));
    if (isGood(name, "windows")) assert.ok(!/[\\/:]|[. ]$/.test(name));
  }));
});
