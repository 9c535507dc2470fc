// Which servers let no data connection pass that does not resume the control connection's own TLS session.

import type { Reply } from "../shared/reply.ts";

/**
 * Whether this one does, by its greeting: ProFTPD. Under TLS 1.3 it gives two tickets, each good for one data
 * connection, and the runtime tells none of those that data connections bring; a session of TLS 1.2 may be resumed
 * any number of times. The runtime keeps one session for all connections to an address.
 */
export function demandsOwnSession(greeting: Reply): boolean {
  return greeting.lines.some((line) => line.includes("ProFTPD"));
}
