// TYPE A: line ends are CRLF on the wire and LF at rest, whatever the chunk boundaries (RFC 959, 3.1.1.1).

import type { ByteSink, ByteSource } from "./byte_stream.ts";

const LF = 0x0a;
const CR = 0x0d;

/**
 * Turns LF into CRLF; a CRLF that is there already stays as it is.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { CrlfEncoder } from "./ascii.ts";
 * const encoder = new CrlfEncoder();
 * const out = encoder.convert(new TextEncoder().encode("a\nb\r\n"));
 * assert.equal(new TextDecoder().decode(out), "a\r\nb\r\n");
 * ```
 */
export class CrlfEncoder {
  #endedInCr = false;

  /** The bytes to send for this chunk: at most twice as many; never the chunk's own memory. */
  convert(chunk: Uint8Array): Uint8Array {
    const out = new Uint8Array(chunk.length * 2);
    let length = 0;
    let from = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, from)) {
      const before = at === 0 ? this.#endedInCr : chunk[at - 1] === CR;
      out.set(chunk.subarray(from, at), length);
      length += at - from;
      if (!before) out[length++] = CR;
      out[length++] = LF;
      from = at + 1;
    }
    out.set(chunk.subarray(from), length);
    length += chunk.length - from;
    if (chunk.length > 0) this.#endedInCr = chunk.at(-1) === CR;
    return out.subarray(0, length);
  }
}

/**
 * Turns CRLF into LF; a CR alone stays.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { CrlfDecoder } from "./ascii.ts";
 * const decoder = new CrlfDecoder();
 * const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
 * assert.equal(text(decoder.convert(new TextEncoder().encode("a\r"))), "a");
 * assert.equal(text(decoder.convert(new TextEncoder().encode("\nb\r"))), "\nb");
 * assert.equal(text(decoder.end()), "\r");
 * ```
 */
export class CrlfDecoder {
  /** The last chunk ended in CR: whether it goes depends on the next byte. */
  #heldCr = false;

  /** The bytes to keep of this chunk; never the chunk's own memory. */
  convert(chunk: Uint8Array): Uint8Array {
    if (chunk.length === 0) return new Uint8Array(0);
    const out = new Uint8Array(chunk.length + 1);
    let length = 0;
    if (this.#heldCr && chunk[0] !== LF) out[length++] = CR;
    this.#heldCr = false;
    let from = 0;
    for (let at = chunk.indexOf(CR); at >= 0; at = chunk.indexOf(CR, at + 1)) {
      const isLast = at === chunk.length - 1;
      if (!isLast && chunk[at + 1] !== LF) continue;
      out.set(chunk.subarray(from, at), length);
      length += at - from;
      from = at + 1;
      this.#heldCr = isLast;
    }
    out.set(chunk.subarray(from), length);
    return out.subarray(0, length + chunk.length - from);
  }

  /** What was held back when nothing follows any more. */
  end(): Uint8Array {
    const rest = this.#heldCr ? Uint8Array.of(CR) : new Uint8Array(0);
    this.#heldCr = false;
    return rest;
  }
}

/** Reads from `source` with line ends as on the wire: what RETR in TYPE A sends. */
export function crlfSource(source: ByteSource): ByteSource {
  const encoder = new CrlfEncoder();
  let ready: Uint8Array = new Uint8Array(0);
  let raw: Uint8Array = new Uint8Array(0);
  return {
    async read(into) {
      if (ready.length === 0) {
        // Half of the room, so that the converted bytes fit at once, as they nearly always do.
        const size = Math.max(1, into.length >> 1);
        if (raw.length < size) raw = new Uint8Array(size);
        const count = await source.read(raw.subarray(0, size));
        if (count === null) return null;
        ready = encoder.convert(raw.subarray(0, count));
      }
      const given = ready.subarray(0, into.length);
      into.set(given);
      ready = ready.subarray(given.length);
      return given.length;
    },
  };
}

/** Reads from `source`, which has line ends as on the wire, as they are at rest: what STOR in TYPE A keeps. */
export function lfSource(source: ByteSource): ByteSource {
  const decoder = new CrlfDecoder();
  let ended = false;
  let ready: Uint8Array = new Uint8Array(0);
  let raw: Uint8Array = new Uint8Array(0);
  return {
    async read(into) {
      while (ready.length === 0) {
        if (ended) return null;
        if (raw.length < into.length) raw = new Uint8Array(into.length);
        const count = await source.read(raw.subarray(0, into.length));
        ended = count === null;
        ready = count === null ? decoder.end() : decoder.convert(raw.subarray(0, count));
      }
      const given = ready.subarray(0, into.length);
      into.set(given);
      ready = ready.subarray(given.length);
      return given.length;
    },
  };
}

/** Writes to `sink` what is given with line ends at rest, as on the wire. */
export function crlfSink(sink: ByteSink): ByteSink {
  const encoder = new CrlfEncoder();
  return { write: (bytes) => sink.write(encoder.convert(bytes)) };
}
