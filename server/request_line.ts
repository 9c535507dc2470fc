// From a framed line to a request, or to the reply that refuses it.

import type { LineEvent } from "../shared/line_reader.ts";
import { type Reply, reply } from "../shared/reply.ts";
import { parseRequest, type Request } from "../shared/request.ts";
import { SessionNames } from "./session_names.ts";

/** What a line turned out to be. */
export type RequestLine =
  | { readonly kind: "request"; readonly request: Request }
  | { readonly kind: "malformed"; readonly reply: Reply }
  /** Another protocol is being spoken to us: no reply can help, the session ends. */
  | { readonly kind: "foreign" };

/** What HTTP and SMTP clients say first; none of it is an FTP verb. */
const FOREIGN = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|PRI|EHLO|HELO|LHLO) /i;

/** A TLS record of type handshake: TLS from the first byte where clear text is expected. */
export const TLS_HANDSHAKE_BYTE = 0x16;

/**
 * Reads one line as a request. Nothing of what came is repeated in a reply.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readRequestLine } from "./request_line.ts";
 * const bytes = new TextEncoder().encode("pwd");
 * assert.deepEqual(readRequestLine({ kind: "line", bytes }), {
 *   kind: "request",
 *   request: { verb: "PWD", argument: undefined },
 * });
 * ```
 */
export function readRequestLine(
  event: LineEvent,
  names: Pick<SessionNames, "decode"> = new SessionNames(undefined),
): RequestLine {
  if (event.kind === "too-long") {
    return { kind: "malformed", reply: reply(500, "Line too long.") };
  }
  if (event.bytes[0] === TLS_HANDSHAKE_BYTE) return { kind: "foreign" };
  const text = names.decode(event.bytes);
  if (text === undefined) {
    return { kind: "malformed", reply: reply(501, "Expected UTF-8.") };
  }
  // SECURITY: a browser made to post to this port could otherwise speak FTP in its body.
  if (FOREIGN.test(text)) return { kind: "foreign" };
  const request = parseRequest(text);
  if (request.ok) return { kind: "request", request: request.value };
  const code = /^[A-Za-z][A-Za-z0-9]{0,15} /.test(text) ? 501 : 500;
  return { kind: "malformed", reply: reply(code, `Not understood: ${request.why}.`) };
}
