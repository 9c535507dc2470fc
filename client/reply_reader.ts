// Replies out of bytes: single lines and both multi-line forms, split anywhere, within limits (RFC 959, 4.2).

import type { Reply } from "../shared/reply.ts";

/** The longest line of a reply, bytes: an MLST line with a path of PATH_MAX, encoded, fits many times. */
export const REPLY_LINE_LIMIT_BYTES = 16 * 1024;

/** The longest reply, bytes: `STAT directory` answers with a listing; a server may not fill our memory. */
export const REPLY_LIMIT_BYTES = 1024 * 1024;

/** Why the bytes are no reply. After it the reader says the same for ever: the stream is out of step. */
export interface ReplyProblem {
  readonly why: string;
}

const LF = 10;
const CR = 13;

/**
 * Reads replies incrementally. A middle line loses the code or the one space in front of it, so that the
 * lines are what `formatReply` was given.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ReplyReader } from "./reply_reader.ts";
 * const reader = new ReplyReader();
 * reader.take(new TextEncoder().encode("211-Features:\r\n SIZE\r\n211 E"));
 * assert.equal(reader.next(), undefined);
 * reader.take(new TextEncoder().encode("nd\r\n"));
 * assert.deepEqual(reader.next(), { code: 211, lines: ["Features:", "SIZE", "End"] });
 * ```
 */
export class ReplyReader {
  readonly #ready: Reply[] = [];
  /** The line being received; it grows up to the limit and is reused. */
  #line = new Uint8Array(512);
  #lineBytes = 0;
  #code: number | undefined;
  #lines: string[] = [];
  #replyBytes = 0;
  #problem: ReplyProblem | undefined;

  /** The next bytes off the wire; they may be reused afterwards. */
  take(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && this.#problem === undefined) {
      const end = bytes.indexOf(LF, at);
      const part = bytes.subarray(at, end < 0 ? bytes.length : end);
      this.#append(part);
      if (end < 0) return;
      this.#endLine();
      at = end + 1;
    }
  }

  /** The next complete reply, a problem (for ever from then on), or `undefined` when more bytes are needed. */
  next(): Reply | ReplyProblem | undefined {
    return this.#ready.shift() ?? this.#problem;
  }

  /** Whether a reply, a part of one, or a problem is waiting. */
  get holdsAnything(): boolean {
    return this.#ready.length > 0 || this.#lineBytes > 0 || this.#code !== undefined ||
      this.#problem !== undefined;
  }

  /** Forgets every byte received and not yet told. */
  discard(): void {
    this.#ready.length = 0;
    this.#lineBytes = 0;
    this.#code = undefined;
    this.#lines = [];
    this.#replyBytes = 0;
    this.#problem = undefined;
  }

  #append(part: Uint8Array): void {
    const needed = this.#lineBytes + part.length;
    this.#replyBytes += part.length;
    if (needed > REPLY_LINE_LIMIT_BYTES) return this.#fail("a reply line is too long");
    if (this.#replyBytes > REPLY_LIMIT_BYTES) return this.#fail("a reply is too long");
    if (needed > this.#line.length) {
      const larger = new Uint8Array(Math.max(needed, this.#line.length * 2));
      larger.set(this.#line.subarray(0, this.#lineBytes));
      this.#line = larger;
    }
    this.#line.set(part, this.#lineBytes);
    this.#lineBytes = needed;
  }

  #endLine(): void {
    if (this.#problem !== undefined) return;
    let length = this.#lineBytes;
    this.#lineBytes = 0;
    if (length > 0 && this.#line[length - 1] === CR) length--;
    const line = new TextDecoder().decode(this.#line.subarray(0, length));
    if (this.#code === undefined) this.#firstLine(line);
    else this.#laterLine(this.#code, line);
  }

  #firstLine(line: string): void {
    const match = /^([1-5]\d\d)(?:([ -])(.*))?$/s.exec(line);
    if (match === null) return this.#fail("what the server said is not an FTP reply");
    const [, code = "", separator, text = ""] = match;
    this.#lines = [text];
    if (separator === "-") this.#code = Number(code);
    else this.#finish(Number(code));
  }

  /** Ends at the code followed by a space; what else there is, the code and a hyphen included, is text. */
  #laterLine(code: number, line: string): void {
    const own = line.startsWith(String(code));
    const mark = line[3];
    if (own && (mark === " " || line.length === 3)) {
      this.#lines.push(line.slice(4));
      return this.#finish(code);
    }
    if (own && mark === "-") this.#lines.push(line.slice(4));
    else this.#lines.push(line.startsWith(" ") ? line.slice(1) : line);
  }

  #finish(code: number): void {
    const [first = "", ...more] = this.#lines;
    this.#ready.push({ code, lines: [first, ...more] });
    this.#code = undefined;
    this.#lines = [];
    this.#replyBytes = 0;
  }

  #fail(why: string): void {
    this.#problem ??= { why };
  }
}
