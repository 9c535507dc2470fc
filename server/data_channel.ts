// The data side of one session: what PASV or PORT arranged, and the one connection that comes of it.

import { Alarm } from "../shared/alarm.ts";
import type { ByteStream } from "../shared/byte_stream.ts";
import { type Endpoint, formatEndpoint, normaliseAddress } from "../shared/endpoint.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { LazyTimer } from "../shared/lazy_timer.ts";
import { plainStream } from "../shared/plain_stream.ts";
import { connectFrom } from "./active_connection.ts";
import type { DataPort, DataUse } from "./data_port.ts";
import { PassiveListener } from "./passive_listener.ts";
import type { ServerTls } from "./server_tls.ts";
import type { PortRange, ServerSettings } from "./settings.ts";
import { type Relayed, relayTls } from "./tls_relay.ts";

/** What a data channel needs to know of the server's settings. */
export type DataSettings = Pick<
  ServerSettings,
  | "tlsReuse"
  | "passivePorts"
  | "proxyFrom"
  | "dataConnectTimeoutMs"
  | "tlsHandshakeTimeoutMs"
  | "stallTimeoutMs"
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
  | { readonly kind: "listening"; readonly listener: PassiveListener }
  | { readonly kind: "target"; readonly target: Endpoint };

const NONE: DataPlan = { kind: "none" };
/** SECURITY: below it are the services an attacker would have us talk to (RFC 2577, 3). */
const LOWEST_TARGET_PORT = 1024;

/** The data port of a session over real sockets. */
export class DataChannel implements DataPort, AsyncDisposable {
  readonly alarm = new Alarm();
  readonly #options: DataChannelOptions;
  /** A client that never comes must not hold one of a few ports for as long as its session lasts. */
  readonly #expiry = new LazyTimer(() => this.#expire());
  #plan: DataPlan = NONE;
  #closed = false;
  /** Listeners and relays on their way out. */
  readonly #leaving = new Set<Promise<void>>();
  /** The last one, as long as what was written to it may still be on its way. */
  #relayed: Relayed | undefined;
  /** The listener on its way out, if any: its port is taken until then. */
  #released: Promise<void> = Promise.resolve();

  constructor(options: DataChannelOptions) {
    this.#options = options;
  }

  get arranged(): boolean {
    return this.#plan.kind !== "none";
  }

  async listen(): Promise<number> {
    this.forget();
    await this.#released;
    if (this.#closed) throw new Fault("aborted");
    const { passivePorts, dataConnectTimeoutMs } = this.#options.settings();
    const listener = this.#listenOn(passivePorts);
    this.#expiry.set(dataConnectTimeoutMs);
    this.#plan = { kind: "listening", listener };
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
    const raw = plan.kind === "target"
      ? await this.#connect(plan.target, signal)
      : await this.#await(plan.listener, signal);
    return use.secure ? await this.#protect(raw, use.sends, signal) : raw;
  }

  close(): void {
    this.#closed = true;
    this.forget();
    this.#expiry[Symbol.dispose]();
    this.alarm[Symbol.dispose]();
  }

  /** Closes, and waits until every port is free and every relayed byte has left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await Promise.all(this.#leaving);
  }

  #usePlan(): DataPlan {
    const plan = this.#plan;
    this.#plan = NONE;
    this.#expiry.silence();
    return plan;
  }

  #expire(): void {
    if (this.#plan.kind !== "listening" || this.#plan.listener.hasArrival) return;
    this.#release(this.#plan.listener);
  }

  #listenOn(ports: PortRange | undefined): PassiveListener {
    const { local, peer, proxied, settings } = this.#options;
    return new PassiveListener({
      address: local.address,
      peerAddress: peer.address,
      proxies: proxied ? settings().proxyFrom : [],
      ports,
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

  async #await(listener: PassiveListener, signal: AbortSignal): Promise<ByteStream> {
    const limitMs = this.#options.settings().dataConnectTimeoutMs;
    try {
      const conn = await this.alarm.within(listener.arrival, limitMs, signal);
      // A relayed handshake comes in small pieces; none may wait for the answer to the one before.
      conn.setNoDelay(true);
      // Its port is free since the connection came.
      listener.take();
      return plainStream(conn);
    } catch (error) {
      await this.#release(listener);
      throw unconnected(error);
    }
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

  /** Lays TLS over a connection, passive or active; PROT may have come before or after PASV. */
  async #protect(raw: ByteStream, sends: boolean, signal: AbortSignal): Promise<ByteStream> {
    const { tls, settings } = this.#options;
    if (tls === undefined) {
      raw.close();
      throw new Fault("tls-failed");
    }
    // SECURITY: a peer that asks for more without having taken what was sent before has lost it;
    // else it could have any number of relays wait for it.
    this.#relayed?.abandon();
    const { tlsHandshakeTimeoutMs: limitMs, stallTimeoutMs: stallMs, tlsReuse } = settings();
    const options = { sends, resumption: tlsReuse, limitMs, signal, stallMs };
    const relayed = await relayTls(raw, tls, options).catch((error) => {
      throw unconnected(error);
    });
    this.#relayed = relayed;
    this.#leave(relayed.ended);
    try {
      await this.alarm.within(relayed.handshake(), limitMs, signal);
    } catch (error) {
      relayed.abandon();
      if (isFault(error, "aborted") || isFault(error, "tls-not-resumed")) throw error;
      throw new Fault("tls-failed", { cause: error });
    }
    return relayed.stream;
  }
}

/** Why there is no connection: our own doing, or whatever the network said. */
function unconnected(error: unknown): Fault {
  if (isFault(error, "aborted") || isFault(error, "no-data-connection")) return error;
  return new Fault("no-data-connection", { cause: error });
}
