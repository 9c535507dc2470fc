// A line a file moved, in the form of wu-ftpd's xferlog, which many programs read.

import type { LogSink } from "../shared/log_sink.ts";

/** A file that was moved, or was not. */
export interface MovedFile {
  /** When it ended, milliseconds since 1970 UTC. */
  readonly endedMs: number;
  readonly tookMs: number;
  /** The peer's address. */
  readonly address: string;
  /** What was moved, bytes. */
  readonly bytes: number;
  /** A virtual path. */
  readonly path: string;
  readonly isText: boolean;
  readonly isCompressed: boolean;
  readonly sends: boolean;
  readonly user: string;
  readonly isAnonymous: boolean;
  readonly isDone: boolean;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * The line, its end included. Times are UTC; a person's address is not told in place of an anonymous
 * login's name, since it came as a password.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { xferlogLine } from "./xferlog.ts";
 * assert.equal(
 *   xferlogLine({
 *     endedMs: Date.UTC(2026, 10, 21, 16, 6, 49),
 *     tookMs: 1400,
 *     address: "192.0.2.1",
 *     bytes: 512,
 *     path: "/a file",
 *     isText: false,
 *     isCompressed: false,
 *     sends: true,
 *     user: "alice",
 *     isAnonymous: false,
 *     isDone: true,
 *   }),
 *   "Sat Nov 21 16:06:49 2026 1 192.0.2.1 512 /a_file b _ o r alice ftp 0 * c\n",
 * );
 * ```
 */
export function xferlogLine(file: MovedFile): string {
  const fields = [
    formatTime(file.endedMs),
    Math.round(file.tookMs / 1000),
    file.address,
    file.bytes,
    oneWord(file.path),
    file.isText ? "a" : "b",
    file.isCompressed ? "C" : "_",
    file.sends ? "o" : "i",
    file.isAnonymous ? "a" : "r",
    oneWord(file.user),
    "ftp",
    // No ident lookup was made, so there is no name from one.
    "0",
    "*",
    file.isDone ? "c" : "i",
  ];
  return `${fields.join(" ")}\n`;
}

/** As C's `ctime` tells it: `Sat Nov 21 16:06:49 2026`, a day of one digit after two blanks. */
function formatTime(ms: number): string {
  const time = new Date(ms);
  const day = String(time.getUTCDate()).padStart(2);
  const clock = time.toISOString().slice(11, 19);
  const [weekday, month] = [DAYS[time.getUTCDay()], MONTHS[time.getUTCMonth()]];
  return `${weekday} ${month} ${day} ${clock} ${time.getUTCFullYear()}`;
}

/** SECURITY: fields are parted by blanks, so a name may hold none, nor anything that ends a line. */
function oneWord(text: string): string {
  return text.replace(/[\s\p{Cc}\u2028\u2029]/gu, "_");
}

/** The log of one thread; several threads append to one file, a line at a time. */
export class Xferlog {
  readonly #sink: LogSink;

  constructor(sink: LogSink) {
    this.#sink = sink;
  }

  /** Adds a line. */
  add(file: MovedFile): void {
    this.#sink.write(xferlogLine(file), false);
  }
}
