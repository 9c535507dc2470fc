// Who a connection is from: the address it came from, or the one that a trusted proxy says it is for.

import { within } from "../shared/deadline.ts";
import { type Endpoint, isLoopback } from "../shared/endpoint.ts";
import { endpointOf, plainStream } from "../shared/plain_stream.ts";
import { type Network, networkHolds } from "./network.ts";
import type { LoginOrigin } from "./runtime/ban_list.ts";
import { takeProxyHeader } from "./proxy_header.ts";

/**
 * How it is known where a peer is: by its own connection, by what a trusted proxy told, or not at all,
 * where a proxy speaks for itself (a health check) or does not know for whom.
 */
export type Acquaintance = "direct" | "told" | "untold";

/** A connection and its two ends. */
export interface Incoming {
  readonly conn: Deno.TcpConn;
  /** What the peer connected to, as the peer sees it. */
  readonly local: Endpoint;
  /** The proxy's own where the proxy told none. */
  readonly peer: Endpoint;
  readonly known: Acquaintance;
}

/** How a connection's peer is found out. */
export interface IncomingOptions {
  /** Who may speak for others, and must (`--proxy-from`). */
  readonly proxies: readonly Network[];
  readonly signal: AbortSignal;
}

/** A proxy sends its header at once; one that does not is none. */
const PROXY_HEADER_LIMIT_MS = 5000;

/**
 * Finds out whom a connection is from.
 *
 * SECURITY: a header counts only from the proxies the operator named, and from them it must come:
 * nobody else can pretend to be another address, and no client behind a proxy is taken for it.
 *
 * @throws Fault `denied` (no header from a proxy), `timed-out`, `aborted`, `truncated`; the connection
 * is still the caller's.
 */
export async function identify(conn: Deno.TcpConn, options: IncomingOptions): Promise<Incoming> {
  const { proxies, signal } = options;
  const local = endpointOf(conn.localAddr);
  const peer = endpointOf(conn.remoteAddr);
  if (!isProxy(proxies, peer.address)) return { conn, local, peer, known: "direct" };
  const header = takeProxyHeader(plainStream(conn));
  const told = await within(header, { limitMs: PROXY_HEADER_LIMIT_MS, signal });
  return told.kind === "proxied"
    ? { conn, local: told.destination, peer: told.source, known: "told" }
    : { conn, local, peer, known: "untold" };
}

/**
 * Where logins of this peer count as coming from.
 *
 * SECURITY: a proxy on this machine makes nobody exempt from bans. Who comes untold is, since a ban
 * would be of the proxy and all behind it: nobody can log in so (see dispatch.ts).
 */
export function loginOrigin(
  { peer: { address }, known }: Pick<Incoming, "peer" | "known">,
): LoginOrigin {
  return { address, isExempt: known === "untold" || isLocal({ address, known }) };
}

/** Whether a peer is of this very machine, and not of whatever a proxy here stands before. */
export function isLocal({ address, known }: { address: string; known: Acquaintance }): boolean {
  return known === "direct" && isLoopback(address);
}

/** Whether connections from this address begin with a header. */
function isProxy(proxies: readonly Network[], address: string): boolean {
  return proxies.some((network) => networkHolds(network, address));
}
