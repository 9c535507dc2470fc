// Writes DER, the encoding certificates are made of (X.690): tag, length, content.

/** Joins pieces of DER. */
function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * One element: a tag, the length in its shortest form (X.690, 10.1) and the content.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { element } from "./der.ts";
 * assert.deepEqual(element(0x04, Uint8Array.of(7)), Uint8Array.of(0x04, 1, 7));
 * ```
 */
export function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = concat(content);
  return concat([Uint8Array.of(tag), lengthOctets(body.length), body]);
}

function lengthOctets(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Uint8Array.of(0x80 | octets.length, ...octets);
}

/** SEQUENCE. */
export function sequence(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(0x30, ...parts);
}

/** SET of one or of parts already in DER order. */
export function set(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(0x31, ...parts);
}

/** BOOLEAN. */
export function boolean(value: boolean): Uint8Array<ArrayBuffer> {
  return element(0x01, Uint8Array.of(value ? 0xff : 0));
}

/** INTEGER, not negative, from big-endian bytes: shortest form, a zero in front of a high bit. */
export function unsignedInteger(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = bytes.findIndex((octet) => octet !== 0);
  const magnitude = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  return (magnitude[0] ?? 0) < 0x80
    ? element(0x02, magnitude)
    : element(0x02, Uint8Array.of(0), magnitude);
}

/**
 * OBJECT IDENTIFIER, from its dotted form.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { objectIdentifier } from "./der.ts";
 * assert.deepEqual(objectIdentifier("2.5.4.3"), Uint8Array.of(0x06, 3, 0x55, 4, 3));
 * ```
 */
export function objectIdentifier(dotted: string): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** Seven bits an octet, all but the last marked (X.690, 8.19.2). */
function base128(value: number): number[] {
  const octets = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    octets.unshift(0x80 | rest % 128);
  }
  return octets;
}

/** UTF8String. */
export function utf8String(text: string): Uint8Array<ArrayBuffer> {
  return element(0x0c, new TextEncoder().encode(text));
}

/** BIT STRING of whole octets. */
export function bitString(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return element(0x03, Uint8Array.of(0), bytes);
}

/** OCTET STRING. */
export function octetString(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return element(0x04, bytes);
}

/** A moment as certificates hold it: UTCTime until 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
export function time(ms: number): Uint8Array<ArrayBuffer> {
  const digits = new Date(ms).toISOString().replace(/\.\d+Z$/, "Z").replace(/[-:T]/g, "");
  const short = new Date(ms).getUTCFullYear() < 2050;
  return element(short ? 0x17 : 0x18, new TextEncoder().encode(short ? digits.slice(2) : digits));
}

/** A context-specific tag around whole elements, e.g. `[0] EXPLICIT`. */
export function explicit(number: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(0xa0 | number, ...parts);
}

/** A context-specific tag in place of the content's own, e.g. a dNSName. */
export function implicit(number: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  return element(0x80 | number, content);
}
