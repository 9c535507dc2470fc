// Waits for the one data connection that a passive reply invited, from the one address it is for.

import { endpointOf } from "../shared/plain_stream.ts";
import { isIpv6, normaliseAddress } from "../shared/endpoint.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { identify, type IncomingOptions } from "./incoming.ts";
import type { Network } from "./network.ts";
import type { PortRange } from "./settings.ts";

/** Where to listen and for whom. */
export interface PassiveOptions {
  /** The control connection's own address. */
  readonly address: string;
  /** The control connection's peer: connections from elsewhere are dropped. */
  readonly peerAddress: string;
  /** Proxies through which the peer may come; each begins with a PROXY header. */
  readonly proxies: readonly Network[];
  /** `undefined` for any port. */
  readonly ports: PortRange | undefined;
}

type Invited = Pick<PassiveOptions, "peerAddress" | "proxies">;

/**
 * Where any port will do (RFC 6335, 6). Named instead of left to the host, which searches its whole
 * range when connections that have just ended fill it: a third of the cost of a small file.
 */
const DYNAMIC_PORTS: PortRange = { first: 49152, last: 65535 };
/**
 * Odd ones only: Linux gives even ports to who connects and odd ones to who listens, so that the ports
 * of a client on this machine, open or just ended, are not in the way. A port that is taken costs an
 * error, as much as ten ports that are free.
 */
const DYNAMIC_STEP = 2;
/** So many taken ones in a row, and the host may search after all. */
const DYNAMIC_TRIES = 8;

/** How long accepting rests when the process has no descriptor left. */
const ACCEPT_REST_MS = 50;

/** A listener for one connection. It accepts from the start, so an early client is kept. */
export class PassiveListener {
  readonly port: number;
  /** The first connection from the right address; rejects with `no-data-connection` after `close`. */
  readonly arrival: Promise<Deno.TcpConn>;
  readonly #listener: Deno.TcpListener;
  #listening = true;
  readonly #accepting: Promise<void>;
  /** Ends a wait for a proxy's header; without proxies there is none. */
  readonly #closing: AbortController | undefined;
  readonly #arrived = Promise.withResolvers<Deno.TcpConn>();
  /** Arrived and not yet taken. */
  #kept: Deno.TcpConn | undefined;
  #closed = false;

  /**
   * @throws Fault `no-data-connection` when no port of the range is free.
   */
  constructor(options: PassiveOptions) {
    this.#listener = listenSomewhere(options);
    this.port = this.#listener.addr.port;
    this.#closing = options.proxies.length > 0 ? new AbortController() : undefined;
    this.arrival = this.#arrived.promise;
    this.arrival.catch(() => {});
    this.#accepting = this.#accept(options);
  }

  /** Whether a connection is here already. */
  get hasArrival(): boolean {
    return this.#kept !== undefined;
  }

  /** Hands the arrived connection over; `close` leaves it alone from then on. */
  take(): void {
    this.#kept = undefined;
  }

  /** Stops listening and drops what was not taken; resolves when the port is free again. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#closing?.abort();
    this.#stopListening();
    this.#kept?.close();
    this.#kept = undefined;
    // The port stays taken until the accept under way has settled.
    await this.#accepting;
  }

  async #accept(invited: Invited): Promise<void> {
    while (!this.#closed) {
      try {
        const conn = await this.#listener.accept();
        // SECURITY: somebody else who guessed the port gets nothing, and cannot end the waiting.
        const isInvited = this.#isInvited(conn, invited);
        if (!(isInvited instanceof Promise ? await isInvited : isInvited) || this.#closed) {
          conn.close();
          continue;
        }
        this.#kept = conn;
        this.#stopListening();
        this.#arrived.resolve(conn);
        return;
      } catch (error) {
        if (error instanceof Deno.errors.BadResource) break;
        // Reset before it was accepted: the next one may be better. EMFILE: descriptors come back.
        if (!isResetBeforeAccept(error)) await rest(ACCEPT_REST_MS);
      }
    }
    this.#arrived.reject(new Fault("no-data-connection"));
  }

  #isInvited(conn: Deno.TcpConn, { peerAddress, proxies }: Invited): boolean | Promise<boolean> {
    if (this.#closing === undefined) return endpointOf(conn.remoteAddr).address === peerAddress;
    return isForPeer(conn, peerAddress, { proxies, signal: this.#closing.signal });
  }

  #stopListening(): void {
    if (!this.#listening) return;
    this.#listening = false;
    this.#listener.close();
  }
}

/** Whether a proxy says that a connection is the peer's. */
async function isForPeer(
  conn: Deno.TcpConn,
  peerAddress: string,
  options: IncomingOptions,
): Promise<boolean> {
  try {
    return (await identify(conn, options)).peer.address === peerAddress;
  } catch (error) {
    if (isFault(error)) return false;
    throw error;
  }
}

function isResetBeforeAccept(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted;
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Listens on the address itself, or on all where it is not this machine's own (a proxy's, a scoped one). */
function listenSomewhere(options: PassiveOptions): Deno.TcpListener {
  try {
    return listenInRange(normaliseAddress(options.address), options);
  } catch (error) {
    if (error instanceof Fault) throw error;
    const wildcard = isIpv6(options.address) ? "::" : "0.0.0.0";
    try {
      return listenInRange(wildcard, options);
    } catch (cause) {
      throw cause instanceof Fault ? cause : new Fault("no-data-connection", { cause });
    }
  }
}

function listenInRange(hostname: string, { ports }: PassiveOptions): Deno.TcpListener {
  for (const port of candidates(ports)) {
    try {
      return Deno.listen({ hostname, port });
    } catch (error) {
      // Windows keeps ranges of ports for others, and below 1024 only root may listen.
      const isTaken = error instanceof Deno.errors.AddrInUse ||
        error instanceof Deno.errors.PermissionDenied;
      if (!isTaken) throw error;
    }
  }
  throw new Fault("no-data-connection");
}

/**
 * The ports to try, from a random one on: all of the range once, or some and then what the host finds.
 *
 * SECURITY: a port that can be foretold can be connected to before the client does.
 */
function* candidates(ports: PortRange | undefined): Iterable<number> {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  if (ports !== undefined) {
    const count = ports.last - ports.first + 1;
    for (let step = 0; step < count; step++) yield ports.first + (random + step) % count;
    return;
  }
  const { first, last } = DYNAMIC_PORTS;
  const count = (last - first + 1) / DYNAMIC_STEP;
  for (let step = 0; step < DYNAMIC_TRIES; step++) {
    yield first + 1 + (random + step) % count * DYNAMIC_STEP;
  }
  yield 0;
}
