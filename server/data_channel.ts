// The data side of one session: what PASV or PORT arranged, and the one connection that comes of it.

import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import { type Endpoint, formatEndpoint, normaliseAddress } from "../shared/endpoint.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { plainStream } from "../shared/plain_stream.ts";
import { connectFrom } from "./active_connection.ts";
import type { DataPort, DataUse } from "./data_port.ts";
import { type Arrival, PassiveListener } from "./passive_listener.ts";
import type { ServerTls } from "./server_tls.ts";
import type { PortRange, ServerSettings } from "./settings.ts";
import { relayTls } from "./tls_relay.ts";

/** What a data channel needs to know of the server's settings. */
export type DataSettings = Pick<
  ServerSettings,
  "passivePorts" | "proxyFrom" | "dataConnectTimeoutMs" | "tlsHandshakeTimeoutMs" | "stallTimeoutMs"
>;

/** What a data channel is made from. */
export interface DataChannelOptions {
  /** The control connection's own end. */
  readonly local: Endpoint;
  /** The control connection's other end: nobody else gets a data connection. */
  readonly peer: Endpoint;
  /** Whether the control connection came through a proxy: then data connections may, too. */
  readonly proxied: boolean;
  /** Asked at each use, since SIGHUP may change them. */
  readonly settings: () => DataSettings;
  /** `undefined` where the server has no TLS. */
  readonly tls: ServerTls | undefined;
}

/** How the next data connection comes about. */
type DataPlan =
  | { readonly kind: "none" }
  | {
    readonly kind: "listening";
    readonly listener: PassiveListener;
    readonly expiry: ReturnType<typeof setTimeout>;
  }
  | { readonly kind: "target"; readonly target: Endpoint };

const NONE: DataPlan = { kind: "none" };
/** SECURITY: below it are the services an attacker would have us talk to (RFC 2577, 3). */
const LOWEST_TARGET_PORT = 1024;

/** The data port of a session over real sockets. */
export class DataChannel implements DataPort, AsyncDisposable {
  readonly #options: DataChannelOptions;
  #plan: DataPlan = NONE;
  #closed = false;
  /** Whether the connection before was for sending: then the next one probably is, too. */
  #sentLast = false;
  /** Listeners and relays on their way out. */
  readonly #leaving = new Set<Promise<void>>();
  /** The listener on its way out, if any: its port is taken until then. */
  #released: Promise<void> = Promise.resolve();

  constructor(options: DataChannelOptions) {
    this.#options = options;
  }

  get arranged(): boolean {
    return this.#plan.kind !== "none";
  }

  async listen(secure: boolean): Promise<number> {
    this.forget();
    await this.#released;
    if (this.#closed) throw new Fault("aborted");
    const { passivePorts, dataConnectTimeoutMs } = this.#options.settings();
    // The runtime's TLS listener sends faster than a relay, but an upload through it can lose what
    // ticket_hold.ts tells of. Which of them it will be, nobody knows yet; most often the same again.
    const listener = this.#listenOn(passivePorts, secure && this.#sentLast);
    // A client that never comes must not hold one of a few ports for as long as its session lasts.
    const expiry = setTimeout(() => {
      if (!listener.hasArrival) this.#release(listener);
    }, dataConnectTimeoutMs);
    this.#plan = { kind: "listening", listener, expiry };
    return listener.port;
  }

  aim(target: Endpoint): void {
    this.forget();
    const address = normaliseAddress(target.address);
    // SECURITY: data goes to the peer itself or nowhere (the FTP bounce attack, RFC 2577, 3).
    if (address !== this.#options.peer.address || target.port < LOWEST_TARGET_PORT) {
      throw new Fault("denied", { about: formatEndpoint(target) });
    }
    this.#plan = { kind: "target", target: { address, port: target.port } };
  }

  forget(): void {
    const plan = this.#usePlan();
    if (plan.kind === "listening") this.#release(plan.listener);
  }

  async open(use: DataUse, signal: AbortSignal): Promise<ByteStream> {
    const plan = this.#usePlan();
    if (plan.kind === "none") throw new Fault("no-data-connection");
    this.#sentLast = use.sends;
    if (plan.kind === "target") {
      return await this.#protect(await this.#connect(plan.target, signal), use, signal);
    }
    const arrival = await this.#await(plan.listener, use.secure, signal);
    if (arrival.secure) return await this.#handshake(arrival.conn, signal);
    arrival.conn.setKeepAlive(true);
    // A relayed handshake comes in small pieces, and none may wait for the answer to the one before.
    arrival.conn.setNoDelay(true);
    return await this.#protect(plainStream(arrival.conn), use, signal);
  }

  close(): void {
    this.#closed = true;
    this.forget();
  }

  /** Closes, and waits until every port is free and every relayed byte has left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await Promise.all(this.#leaving);
  }

  #usePlan(): DataPlan {
    const plan = this.#plan;
    this.#plan = NONE;
    if (plan.kind === "listening") clearTimeout(plan.expiry);
    return plan;
  }

  #listenOn(ports: PortRange | undefined, secure: boolean): PassiveListener {
    const { tls, proxied, settings } = this.#options;
    return new PassiveListener({
      address: this.#options.local.address,
      peerAddress: this.#options.peer.address,
      proxies: proxied ? settings().proxyFrom : [],
      ports,
      // A proxy's header comes before TLS, where the runtime's own listener would not look for it.
      tls: secure && !proxied && tls?.mayListen ? tls : undefined,
    });
  }

  #release(listener: PassiveListener): Promise<void> {
    this.#released = listener.close();
    this.#leave(this.#released);
    return this.#released;
  }

  #leave(leaving: Promise<void>): void {
    this.#leaving.add(leaving);
    leaving.finally(() => this.#leaving.delete(leaving));
  }

  async #await(
    invited: PassiveListener,
    secure: boolean,
    signal: AbortSignal,
  ): Promise<Arrival> {
    const listener = invited.secure && !secure ? await this.#withoutTls(invited) : invited;
    const limitMs = this.#options.settings().dataConnectTimeoutMs;
    try {
      const arrival = await within(listener.arrival, { limitMs, signal });
      listener.take();
      return arrival;
    } catch (error) {
      throw unconnected(error);
    } finally {
      await this.#release(listener);
    }
  }

  /**
   * PROT C after PASV: the same port, without TLS. A client that has connected already is lost, for
   * the runtime does not give a TLS connection's raw bytes away; none is known that does so.
   */
  async #withoutTls(listener: PassiveListener): Promise<PassiveListener> {
    const isLost = listener.hasArrival;
    await this.#release(listener);
    if (isLost) throw new Fault("no-data-connection");
    return this.#listenOn({ first: listener.port, last: listener.port }, false);
  }

  async #connect(target: Endpoint, signal: AbortSignal): Promise<ByteStream> {
    const limitMs = this.#options.settings().dataConnectTimeoutMs;
    const { local, proxied } = this.#options;
    // The address that a proxy was reached at is none of ours to come from.
    const localAddress = proxied ? undefined : local.address;
    try {
      return await connectFrom({ target, localAddress, limitMs, signal });
    } catch (error) {
      throw unconnected(error);
    }
  }

  /** A TLS connection that the runtime's listener accepted. */
  async #handshake(conn: Deno.TlsConn, signal: AbortSignal): Promise<ByteStream> {
    const onAbandoned = () => this.#options.tls?.abandoned();
    const stream = plainStream(conn, { onAbandoned });
    await this.#bounded(conn.handshake(), signal, () => {
      onAbandoned();
      stream.close();
    });
    return stream;
  }

  /** TLS over a connection that has none: active mode, or PROT P after PASV. */
  async #protect(raw: ByteStream, use: DataUse, signal: AbortSignal): Promise<ByteStream> {
    if (!use.secure) return raw;
    const { tls, settings } = this.#options;
    if (tls === undefined) {
      raw.close();
      throw new Fault("tls-failed");
    }
    const { tlsHandshakeTimeoutMs: limitMs, stallTimeoutMs: stallMs } = settings();
    const { sends } = use;
    const relayed = await relayTls(raw, tls, { sends, limitMs, signal, stallMs }).catch((error) => {
      throw unconnected(error);
    });
    this.#leave(relayed.ended);
    await this.#bounded(relayed.handshake(), signal, () => relayed.abandon());
    return relayed.stream;
  }

  async #bounded(work: Promise<unknown>, signal: AbortSignal, drop: () => void): Promise<void> {
    const limitMs = this.#options.settings().tlsHandshakeTimeoutMs;
    try {
      await within(work, { limitMs, signal });
    } catch (error) {
      drop();
      throw isFault(error, "aborted") ? error : new Fault("tls-failed", { cause: error });
    }
  }
}

/** Why there is no connection: our own doing, or whatever the network said. */
function unconnected(error: unknown): Fault {
  if (isFault(error, "aborted") || isFault(error, "no-data-connection")) return error;
  return new Fault("no-data-connection", { cause: error });
}
