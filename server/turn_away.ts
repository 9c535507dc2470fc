// The one reply to a connection that becomes no session.

import { within } from "../shared/deadline.ts";
import { Fault } from "../shared/fault.ts";
import { plainStream } from "../shared/plain_stream.ts";
import { formatReply, type Reply } from "../shared/reply.ts";

/** What a peer gets to take it. */
const FAREWELL_MS = 2000;

/** Tells a connection that gets no session why, and closes it. */
export async function turnAway(conn: Deno.TcpConn, answer: Reply): Promise<void> {
  using stream = plainStream(conn);
  const bytes = new TextEncoder().encode(formatReply(answer));
  try {
    await within(stream.write(bytes), { limitMs: FAREWELL_MS });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}
