// A reply: three digits that mean something and lines that people read (RFC 959, 4.2).

/** A reply as both sides hold it. */
export interface Reply {
  /** Three digits, 100 to 599. */
  readonly code: number;
  /** At least one line, without CR, LF or the code. */
  readonly lines: readonly [string, ...string[]];
}

/** The five meanings of a first digit (RFC 959, 4.2.1). */
export type ReplyClass = "preliminary" | "completion" | "intermediate" | "retry-later" | "refused";

const CLASSES: readonly ReplyClass[] = [
  "preliminary",
  "completion",
  "intermediate",
  "retry-later",
  "refused",
];

/** Makes a reply; CR and LF in a line become spaces, so that no text can forge a second reply. */
export function reply(code: number, first: string, ...more: string[]): Reply {
  return { code, lines: [oneLine(first), ...more.map(oneLine)] };
}

/** What the reply's first digit means. */
export function replyClass(answer: Reply): ReplyClass {
  return CLASSES[Math.floor(answer.code / 100) - 1] ?? "refused";
}

/**
 * The bytes of a reply as text, CRLF included. A middle line starts with a space, as FEAT and MLST
 * require (RFC 2389, 3.2; RFC 3659, 7.2), so that none can look like the last one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatReply, reply } from "./reply.ts";
 * assert.equal(formatReply(reply(200, "Fine.")), "200 Fine.\r\n");
 * assert.equal(
 *   formatReply(reply(211, "Features:", "SIZE", "End")),
 *   "211-Features:\r\n SIZE\r\n211 End\r\n",
 * );
 * ```
 */
export function formatReply(answer: Reply): string {
  const { code, lines } = answer;
  const last = lines.length - 1;
  return lines.map((line, at) => {
    if (at === last) return `${code} ${line}\r\n`;
    return at === 0 ? `${code}-${line}\r\n` : ` ${line}\r\n`;
  }).join("");
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
