// Data connections of one session: passive or active, to the control connection's peer only, under its TLS.

import type { ByteStream } from "../shared/byte_stream.ts";
import { unlessAborted, within } from "../shared/deadline.ts";
import { type Endpoint, isIpv6 } from "../shared/endpoint.ts";
import { Fault, isFault } from "../shared/fault.ts";
import {
  formatExtendedHostPort,
  formatHostPort,
  parseExtendedPassiveReply,
  parsePassiveReply,
} from "../shared/host_port.ts";
import { closeIfOpen, endpointOf, plainStream } from "../shared/plain_stream.ts";
import type { ClientLimits } from "./client_limits.ts";
import type { Conversation } from "./conversation.ts";
import { type DataProtection, DataProtector, type DataUse } from "./data_protection.ts";
import { connectTcp } from "./dial.ts";
import type { Exchange } from "./exchange.ts";
import { Refused } from "./failure.ts";

/** A data connection that was arranged, before the command that uses it. */
export interface DataPlan extends Disposable {
  /** Resolves once the server can have it: at once in active mode, after the TCP handshake in passive. */
  readonly ready: Promise<void>;
  /** The connection, TLS included; after the server's preliminary reply, since only then it handshakes. */
  open(signal: AbortSignal, use: DataUse): Promise<ByteStream>;
}

/** What {@linkcode DataConnections} is built from. */
export interface DataConnectionsOptions {
  readonly conversation: Conversation;
  readonly active: boolean;
  readonly limits: ClientLimits;
}

/** How a plan gets its TCP connection. */
type Dial = (signal: AbortSignal) => Promise<Deno.TcpConn>;

/** Replies that mean "I do not know this command (in this form)", so that an older one is tried. */
const UNKNOWN_CODES: ReadonlySet<number> = new Set([500, 501, 502, 504, 522]);

/** A connection that was asked for ahead is used so soon, milliseconds: servers wait for its use not much longer. */
const AHEAD_MS = 5_000;

/** A connection that was asked for ahead. */
interface Ahead {
  readonly plan: Promise<DataPlan>;
  /** When the server told its port. */
  openedMs: number;
}

/** Arranges one data connection after the other and remembers what this server can do. */
export class DataConnections {
  readonly #options: DataConnectionsOptions;
  #protector: DataProtector | undefined;
  /** Which of the two passive (or active) commands to use; the newer one until it is refused. */
  #extended = true;
  /** Whether a data connection of this session came about before: then the next one need not be waited for. */
  #proven = false;
  #ahead: Ahead | undefined;

  constructor(options: DataConnectionsOptions) {
    this.#options = options;
  }

  /** From now on data travels under TLS (PROT P), or in clear again. */
  protect(protection: DataProtection | undefined): void {
    const { handshakeMs } = this.#options.limits;
    this.#protector = protection && new DataProtector(protection, handshakeMs);
  }

  /** An exchange came to its end, or its first bytes: how its connection was made is good for the next ones. */
  confirm(): void {
    this.#protector?.confirm();
  }

  /** Whether an exchange may work when it is done again, see {@linkcode DataProtector.mayTryAgain}. */
  mayTryAgain(error: unknown): boolean {
    return this.#protector?.mayTryAgain(error) ?? false;
  }

  /** @throws Refused (neither command is known), Broken, Fault `no-data-connection`, `aborted` */
  async arrange(signal: AbortSignal | undefined): Promise<DataPlan> {
    if (this.#options.active) return await this.#arrangeActive(signal);
    const plan = await this.#takeAhead(signal) ?? await this.#arrangePassive(signal);
    if (this.#proven) return plan;
    try {
      await plan.ready;
      this.#proven = true;
      return plan;
    } catch (error) {
      plan[Symbol.dispose]();
      // A firewall may know PASV's reply and not EPSV's: try the other before giving up.
      if (!this.#extended || !isFault(error, "no-data-connection") || this.#overIpv6) throw error;
      this.#extended = false;
      const older = await this.#arrangePassive(signal);
      await older.ready;
      return older;
    }
  }

  /**
   * Asks for the next connection already, so that it is there when it is needed. While a transfer runs this is for
   * servers that answer in turn only.
   */
  prepare(): void {
    if (this.#options.active || !this.#extended || !this.#proven || this.#ahead) return;
    const plan = this.#arrangePassive(undefined, this.#options.conversation.send("EPSV"));
    const ahead: Ahead = { plan, openedMs: Infinity };
    plan.then(() => ahead.openedMs = performance.now(), () => {});
    this.#ahead = ahead;
  }

  /** Lets go of what was asked for ahead. */
  forget(): void {
    this.#ahead?.plan.then((plan) => plan[Symbol.dispose](), () => {});
    this.#ahead = undefined;
  }

  async #takeAhead(signal: AbortSignal | undefined): Promise<DataPlan | undefined> {
    const ahead = this.#ahead;
    if (ahead === undefined) return undefined;
    if (performance.now() - ahead.openedMs > AHEAD_MS) {
      this.forget();
      return undefined;
    }
    try {
      const plan = await unlessAborted(ahead.plan, signal);
      this.#ahead = undefined;
      return plan;
    } catch (error) {
      this.forget();
      if (error instanceof Refused) return undefined;
      throw error;
    }
  }

  get #overIpv6(): boolean {
    return isIpv6(this.#options.conversation.stream.remote.address);
  }

  /** @param sent an EPSV that is on its way. */
  async #arrangePassive(signal: AbortSignal | undefined, sent?: Exchange): Promise<DataPlan> {
    const port = await this.#passivePort(signal, sent);
    const { address } = this.#options.conversation.stream.remote;
    const stop = new AbortController();
    const connecting = connectTcp(address, port, this.#options.limits.dataConnectMs, [
      stop.signal,
      ...(signal ? [signal] : []),
    ]);
    connecting.catch(() => {});
    return this.#plan(() => connecting, connecting.then(() => {}), () => {
      stop.abort();
      connecting.then((conn) => conn.close(), () => {}).catch(() => {});
    });
  }

  async #passivePort(signal: AbortSignal | undefined, sent?: Exchange): Promise<number> {
    const { conversation } = this.#options;
    if (this.#extended) {
      try {
        const answer = sent === undefined
          ? await conversation.request("EPSV", { signal })
          : await conversation.finish(sent, { signal });
        const port = parseExtendedPassiveReply(answer.lines.join(" "));
        if (port.ok) return port.value;
        if (this.#overIpv6) throw new Refused("EPSV", answer);
      } catch (error) {
        if (!(error instanceof Refused) || this.#overIpv6) throw error;
        if (!UNKNOWN_CODES.has(error.reply.code)) throw error;
      }
      this.#extended = false;
    }
    const answer = await conversation.request("PASV", { signal });
    const target = parsePassiveReply(answer.lines.join(" "));
    if (!target.ok) throw new Refused("PASV", answer);
    // SECURITY: a server may name any machine there, and behind NAT an honest one names an address that
    // leads nowhere; the control connection's address is right in both cases (RFC 2577, 3).
    return target.value.port;
  }

  async #arrangeActive(signal: AbortSignal | undefined): Promise<DataPlan> {
    const { conversation, limits } = this.#options;
    const { address } = conversation.stream.local;
    const listener = Deno.listen({ hostname: address, port: 0 });
    const expected = conversation.stream.remote.address;
    const dial: Dial = (stop) =>
      within(acceptFrom(listener, expected), {
        limitMs: limits.dataConnectMs,
        signal: stop,
        cancel: () => closeIfOpen(listener),
      }).catch((error) => {
        throw isFault(error, "timed-out") ? new Fault("no-data-connection") : error;
      });
    try {
      await this.#announce({ address, port: endpointOf(listener.addr).port }, signal);
    } catch (error) {
      closeIfOpen(listener);
      throw error;
    }
    return this.#plan(dial, Promise.resolve(), () => closeIfOpen(listener));
  }

  async #announce(here: Endpoint, signal: AbortSignal | undefined): Promise<void> {
    const { conversation } = this.#options;
    if (this.#extended) {
      try {
        await conversation.request(`EPRT ${formatExtendedHostPort(here)}`, { signal });
        return;
      } catch (error) {
        if (!(error instanceof Refused) || isIpv6(here.address)) throw error;
        if (!UNKNOWN_CODES.has(error.reply.code)) throw error;
        this.#extended = false;
      }
    }
    await conversation.request(`PORT ${formatHostPort(here)}`, { signal });
  }

  #plan(dial: Dial, ready: Promise<void>, release: () => void): DataPlan {
    ready.catch(() => {});
    let handedOver = false;
    return {
      ready,
      open: async (signal, use) => {
        const conn = await dial(signal);
        handedOver = true;
        this.#proven = true;
        return await this.#protector?.secure(conn, signal, use) ?? plainStream(conn);
      },
      [Symbol.dispose]: () => {
        if (!handedOver || this.#options.active) release();
      },
    };
  }
}

/** SECURITY: anybody can connect to a port that listens; only the server's own address counts (RFC 2577, 4). */
async function acceptFrom(listener: Deno.TcpListener, address: string): Promise<Deno.TcpConn> {
  for (;;) {
    const conn = await listener.accept();
    if (endpointOf(conn.remoteAddr).address === address) {
      closeIfOpen(listener);
      return conn;
    }
    conn.close();
  }
}
