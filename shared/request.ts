// A request: a verb and the text after it (RFC 959, 5.3). Framing is line_reader.ts's business.

import { type Parsed, parsed, unparsed } from "./parsed.ts";

/** One request of a peer, not yet judged. */
export interface Request {
  /** Upper case, a letter and up to 15 letters or digits (XSHA256). */
  readonly verb: string;
  /** Everything after the one space, exactly; `undefined` where there was no space. */
  readonly argument: string | undefined;
}

/**
 * Reads one line, its CRLF already removed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseRequest } from "./request.ts";
 * assert.deepEqual(parseRequest("cwd  a b "), {
 *   ok: true,
 *   value: { verb: "CWD", argument: " a b " },
 * });
 * assert.equal(parseRequest("GET / HTTP/1.1\0").ok, false);
 * ```
 */
export function parseRequest(line: string): Parsed<Request> {
  const match = /^([A-Za-z][A-Za-z0-9]{0,15})(?: (.*))?$/s.exec(line);
  if (match === null) return unparsed("a request is a verb and an argument");
  const [, verb = "", argument] = match;
  // SECURITY: no C string and no second line inside an argument
  if (argument !== undefined && /[\0\r\n]/.test(argument)) {
    return unparsed("an argument may not hold NUL, CR or LF");
  }
  return parsed({ verb: verb.toUpperCase(), argument });
}
