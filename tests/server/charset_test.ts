// Older charsets: every character there and back, and which charsets there are.

import assert from "node:assert/strict";
import { Charset, charsetName } from "../../server/charset.ts";
import { SessionNames } from "../../server/session_names.ts";

/** Bytes that are these characters in the charset, by tables other than ours. */
const SAMPLES = [
  ["gbk", "文件 a", [0xce, 0xc4, 0xbc, 0xfe, 0x20, 0x61]],
  ["gb18030", "文ö😀", [0xce, 0xc4, 0x81, 0x30, 0x8b, 0x32, 0x94, 0x39, 0xfc, 0x36]],
  ["gbk", "ö", [0x81, 0x30, 0x8b, 0x32]],
  ["windows-1252", "é€", [0xe9, 0x80]],
  ["iso-8859-15", "€", [0xa4]],
  ["big5", "中", [0xa4, 0xa4]],
  ["shift_jis", "表ｱ", [0x95, 0x5c, 0xb1]],
  ["euc-kr", "한", [0xc7, 0xd1]],
  ["koi8-r", "Я", [0xf1]],
] as const;

for (const [name, text, bytes] of SAMPLES) {
  Deno.test(`${name} reads and writes "${text}"`, () => {
    const charset = new Charset(name);
    assert.equal(charset.decode(Uint8Array.from(bytes)), text);
    assert.deepEqual([...charset.encode(text)], [...bytes]);
  });
}

Deno.test("whatever a charset writes of its own characters it reads again", () => {
  for (const name of ["gbk", "big5", "shift_jis", "euc-kr", "windows-1251"]) {
    const charset = new Charset(name);
    for (let lead = 0x81; lead < 0xff; lead++) {
      const pairs = Array.from({ length: 0xbf }, (_, at) => [lead, 0x40 + at]).flat();
      // Big5 has four characters that are a letter and an accent in Unicode: they are not written.
      const text = new TextDecoder(name).decode(Uint8Array.from(pairs))
        .replace(/[\ufffd\u0304\u030c]/g, "");
      assert.equal(charset.decode(charset.encode(text)), text, name);
    }
  }
});

Deno.test("GB 18030 writes every character that there is, and reads it again", () => {
  const isCharacter = (code: number) =>
    !(code >= 0xd800 && code <= 0xdfff) && !(code >= 0xe000 && code <= 0xf8ff) && code !== 0xfffd;
  for (const name of ["gb18030", "gbk"]) {
    const charset = new Charset(name);
    for (let block = 0; block < 0x11_0000; block += block < 0x2_0000 ? 0x1000 : 0xf000) {
      const codes = Array.from({ length: 0x1000 }, (_, at) => block + at).filter(isCharacter);
      const text = codes.map((code) => String.fromCodePoint(code)).join("");
      assert.ok(charset.decode(charset.encode(text)) === text, block.toString(16));
    }
  }
});

Deno.test("what a charset does not have becomes a question mark, and bytes it lacks are refused", () => {
  assert.deepEqual([...new Charset("windows-1252").encode("a文b")], [0x61, 0x3f, 0x62]);
  assert.equal(new Charset("gbk").decode(Uint8Array.of(0xff, 0xff)), undefined);
});

Deno.test("a charset is known by its labels, and only where ASCII is ASCII in it", () => {
  assert.equal(charsetName("GB2312"), "gbk");
  assert.equal(charsetName("latin1"), "windows-1252");
  for (const label of ["utf-8", "utf-16le", "iso-2022-jp", "replacement", "nonsense", ""]) {
    assert.equal(charsetName(label), undefined, label);
  }
});

Deno.test("a session speaks UTF-8 until bytes come that are none, and again when it says so", () => {
  const names = new SessionNames(new Charset("gbk"));
  // "模" in GBK, and "ģ" in UTF-8.
  const lucky = Uint8Array.of(0xc4, 0xa3);
  assert.equal(names.decode(new TextEncoder().encode("é")), "é");
  assert.deepEqual([...names.encode("é")], [0xc3, 0xa9]);
  assert.equal(names.decode(Uint8Array.of(0xce, 0xc4)), "文");
  assert.equal(names.decode(lucky), "模");
  assert.deepEqual([...names.encode("文")], [0xce, 0xc4]);
  names.useUtf8();
  assert.deepEqual([...names.encode("é")], [0xc3, 0xa9]);
  assert.equal(new SessionNames(undefined).decode(Uint8Array.of(0xce, 0xc4)), undefined);
});
