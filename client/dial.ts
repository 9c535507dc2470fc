// Reaches a machine: one TCP connection, within its time.

import { Fault } from "../shared/fault.ts";
import { Broken } from "./failure.ts";

/**
 * Dials a literal address or a name.
 *
 * @throws Fault `no-data-connection` (refused, unreachable, not in time), `aborted`
 */
export async function connectTcp(
  hostname: string,
  port: number,
  limitMs: number,
  signals: readonly AbortSignal[],
): Promise<Deno.TcpConn> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), limitMs);
  try {
    const signal = AbortSignal.any([timeout.signal, ...signals]);
    const conn = await Deno.connect({ hostname, port, signal });
    conn.setNoDelay(true);
    return conn;
  } catch (error) {
    if (signals.some((signal) => signal.aborted)) throw new Fault("aborted", { cause: error });
    const why = timeout.signal.aborted
      ? new Broken("timed-out", `no answer within ${limitMs / 1000} s`)
      : error;
    throw new Fault("no-data-connection", { cause: why });
  } finally {
    clearTimeout(timer);
  }
}
