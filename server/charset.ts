// Names in an older charset than UTF-8: read by the platform's decoder, written by that decoder's reverse.

/** Stands for what a charset has no bytes for. */
const UNKNOWN = 0x3f;
const NO_CHARACTER = "\ufffd";
const FIRST_LEAD = 0x80;
/** The second bytes of the two-byte charsets begin here; those of GB 18030's four-byte forms are below 0x40. */
const FIRST_TRAIL = 0x30;
const LAST_BYTE = 0xff;
/** The platform reads both as GB 18030, so both are written so. */
const FOUR_BYTE_CHARSETS: readonly string[] = ["gbk", "gb18030"];
/** GB 18030 counts its four-byte forms: first those of the characters up to U+FFFF … */
const NEAR_FORMS = 39_420;
/** … and from here on those of U+10000 and all that follow, in a row. */
const FAR_FORM = 189_000;
const FIRST_FAR = 0x1_0000;

/**
 * The name of a charset by one of its labels (the WHATWG's), where ASCII means ASCII in it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charsetName } from "./charset.ts";
 * assert.equal(charsetName("latin1"), "windows-1252");
 * assert.equal(charsetName("utf-16"), undefined);
 * ```
 */
export function charsetName(label: string): string | undefined {
  const ascii = Uint8Array.from({ length: 128 }, (_, code) => code);
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    if (decoder.encoding === "utf-8") return undefined;
    const text = decoder.decode(ascii);
    return Array.from(text, (letter) => letter.codePointAt(0)).every((code, at) => code === at)
      ? decoder.encoding
      : undefined;
  } catch {
    return undefined;
  }
}

/** One charset, both ways. */
export class Charset {
  readonly #name: string;
  /** Bytes of each character beyond ASCII; made at the first writing, some thousand entries. */
  #bytes: ReadonlyMap<string, readonly number[]> | undefined;

  /** @param name as {@linkcode charsetName} gives it. */
  constructor(name: string) {
    this.#name = name;
  }

  /** @returns `undefined` for bytes that this charset does not have. */
  decode(bytes: Uint8Array): string | undefined {
    try {
      return new TextDecoder(this.#name, { fatal: true }).decode(bytes);
    } catch {
      return undefined;
    }
  }

  /** What the charset has no bytes for becomes a question mark. */
  encode(text: string): Uint8Array {
    const hasFourBytes = FOUR_BYTE_CHARSETS.includes(this.#name);
    const table = this.#bytes ??= reverseOf(new TextDecoder(this.#name), hasFourBytes);
    const bytes: number[] = [];
    for (const letter of text) {
      const code = letter.codePointAt(0)!;
      if (code < FIRST_LEAD) bytes.push(code);
      else if (hasFourBytes && code >= FIRST_FAR) {
        bytes.push(...fourByteForm(FAR_FORM + code - FIRST_FAR));
      } else bytes.push(...table.get(letter) ?? [UNKNOWN]);
    }
    return Uint8Array.from(bytes);
  }
}

/** The charset of this name, where there is a name. */
export function charsetOf(name: string | undefined): Charset | undefined {
  return name === undefined ? undefined : new Charset(name);
}

/** The bytes of every character that one byte, two or, where there are such forms, four stand for. */
function reverseOf(
  decoder: TextDecoder,
  hasFourBytes: boolean,
): Map<string, readonly number[]> {
  const table = new Map<string, readonly number[]>();
  const note = (letter: string, bytes: readonly number[]) => {
    if (letter !== NO_CHARACTER && !table.has(letter)) table.set(letter, bytes);
  };
  for (let lead = FIRST_LEAD; lead <= LAST_BYTE; lead++) {
    for (let trail = FIRST_TRAIL - 1; trail <= LAST_BYTE; trail++) {
      const bytes = trail < FIRST_TRAIL ? [lead] : [lead, trail];
      const letters = [...decoder.decode(Uint8Array.from(bytes))];
      if (letters.length === 1) note(letters[0] ?? NO_CHARACTER, bytes);
    }
  }
  if (!hasFourBytes) return table;
  const forms = Array.from({ length: NEAR_FORMS }, (_, number) => fourByteForm(number));
  const letters = [...decoder.decode(Uint8Array.from(forms.flat()))];
  for (const [number, form] of forms.entries()) note(letters[number] ?? NO_CHARACTER, form);
  return table;
}

/** GB 18030's four-byte form of this number: its bytes count through 126, 10, 126 and 10 values. */
function fourByteForm(number: number): readonly number[] {
  return [
    0x81 + Math.floor(number / 12_600),
    0x30 + Math.floor(number / 1260) % 10,
    0x81 + Math.floor(number / 10) % 126,
    0x30 + number % 10,
  ];
}
