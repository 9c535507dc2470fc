// Data connections of one session: passive or active, to the control connection's peer only, under its TLS.

import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import { type Endpoint, isIpv6 } from "../shared/endpoint.ts";
import { Fault, isFault } from "../shared/fault.ts";
import {
  formatExtendedHostPort,
  formatHostPort,
  parseExtendedPassiveReply,
  parsePassiveReply,
} from "../shared/host_port.ts";
import { endpointOf, plainStream } from "../shared/plain_stream.ts";
import type { ClientLimits } from "./client.ts";
import { clientTls, type ClientTlsStream } from "./client_tls.ts";
import type { Conversation } from "./conversation.ts";
import { connectTcp } from "./dial.ts";
import { DataFailed, NotTrusted, Refused } from "./failure.ts";
import { nativeTls, type NativeTrust } from "./native_tls.ts";

/** How data connections are protected: by the control connection's own TLS session, resumed. */
export interface DataProtection {
  readonly host: string;
  readonly control: ClientTlsStream;
  readonly authorities: readonly string[] | undefined;
  /** Whether another certificate than the control connection's is refused. */
  readonly sameCertificate: boolean;
  /** How the runtime's own, faster TLS can check the same; `undefined` where it cannot. */
  readonly native: NativeTrust | undefined;
}

/** A data connection that was arranged, before the command that uses it. */
export interface DataPlan extends Disposable {
  /** Resolves once the server can have it: at once in active mode, after the TCP handshake in passive. */
  readonly ready: Promise<void>;
  /** The connection, TLS included; after the server's preliminary reply, since only then it handshakes. */
  open(signal: AbortSignal, use: DataUse): Promise<ByteStream>;
}

/** What a data connection is for. */
export interface DataUse {
  /** Whether the exchange can be done again, see {@linkcode DataConnections.mayTryAgain}. */
  readonly mayFail: boolean;
  /** How many bytes will travel; 0 where that is not known. */
  readonly expectedBytes: number;
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

/** From here on faster bytes make up for a handshake that resumes nothing, measured with our server. */
const NATIVE_WORTH_BYTES = 4 * 1024 * 1024;

/** Replies that a server gives to a data connection it does not like, not to what was to travel. */
const CONNECTION_CODES: ReadonlySet<number> = new Set([425, 426, 521, 522, 534, 535]);

/** Arranges one data connection after the other and remembers what this server can do. */
export class DataConnections {
  readonly #options: DataConnectionsOptions;
  #protection: DataProtection | undefined;
  /** Which of the two passive (or active) commands to use; the newer one until it is refused. */
  #extended = true;
  #proven = false;
  /** Whether data connections that resume no TLS session are known to work here. */
  #native: "unknown" | "on-trial" | "works" | "refused" = "unknown";

  constructor(options: DataConnectionsOptions) {
    this.#options = options;
  }

  /** From now on data travels under TLS (PROT P), or in clear again. */
  protect(protection: DataProtection | undefined): void {
    this.#protection = protection;
  }

  /** Whether a data connection of this session came about before: then the next one need not be waited for. */
  get proven(): boolean {
    return this.#proven;
  }

  /** An exchange came to its end, or its first bytes: how its connection was made is good for the next ones. */
  confirm(): void {
    if (this.#native === "on-trial") this.#native = "works";
  }

  /**
   * Whether a failure may be that of a TLS session that was not resumed, which some servers demand (vsftpd 522,
   * ProFTPD 425), or of a certificate that only node:tls can judge. If so, the next data connection
   * resumes the control connection's session.
   */
  mayTryAgain(error: unknown): boolean {
    if (this.#native !== "on-trial") return false;
    const isOfConnection = error instanceof DataFailed ||
      (error instanceof Refused && CONNECTION_CODES.has(error.reply.code));
    this.#native = isOfConnection ? "refused" : "unknown";
    return isOfConnection;
  }

  /** @throws Refused (neither command is known), Broken, Fault `no-data-connection`, `aborted` */
  async arrange(signal: AbortSignal | undefined): Promise<DataPlan> {
    if (this.#options.active) return await this.#arrangeActive(signal);
    const plan = await this.#arrangePassive(signal);
    if (this.#proven) return plan;
    try {
      await plan.ready;
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

  get #overIpv6(): boolean {
    return isIpv6(this.#options.conversation.stream.remote.address);
  }

  async #arrangePassive(signal: AbortSignal | undefined): Promise<DataPlan> {
    const port = await this.#passivePort(signal);
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

  async #passivePort(signal: AbortSignal | undefined): Promise<number> {
    const { conversation } = this.#options;
    if (this.#extended) {
      try {
        const answer = await conversation.request("EPSV", { signal });
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
        cancel: () => closeListener(listener),
      }).catch((error) => {
        throw isFault(error, "timed-out") ? new Fault("no-data-connection") : error;
      });
    try {
      await this.#announce({ address, port: endpointOf(listener.addr).port }, signal);
    } catch (error) {
      closeListener(listener);
      throw error;
    }
    return this.#plan(dial, Promise.resolve(), () => closeListener(listener));
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
        return await this.#secure(conn, signal, use);
      },
      [Symbol.dispose]: () => {
        if (!handedOver || this.#options.active) release();
      },
    };
  }

  #speaksNatively({ mayFail, expectedBytes }: DataUse): boolean {
    if (expectedBytes < NATIVE_WORTH_BYTES || this.#native === "refused") return false;
    return mayFail || this.#native === "works";
  }

  async #secure(conn: Deno.TcpConn, signal: AbortSignal, use: DataUse): Promise<ByteStream> {
    const protection = this.#protection;
    if (protection === undefined) return plainStream(conn);
    const limitMs = this.#options.limits.handshakeMs;
    const { host, control, authorities, sameCertificate, native } = protection;
    if (native !== undefined && this.#speaksNatively(use)) {
      if (this.#native === "unknown") this.#native = "on-trial";
      return await nativeTls(conn, native, { limitMs, signal });
    }
    const session = control.session;
    const stream = await clientTls(plainStream(conn), {
      host,
      limitMs,
      signal,
      ...(authorities && { authorities }),
      ...(session && { session }),
      // A newer version would resume nothing.
      isOlder: control.version === "TLSv1.2",
    });
    // SECURITY: whoever reaches the data port first must not be taken for the server (RFC 4217, 10).
    const expected = control.certificate.fingerprint;
    if (sameCertificate && stream.certificate.fingerprint !== expected) {
      stream.close();
      throw new NotTrusted("other-on-data", stream.certificate, expected);
    }
    return stream;
  }
}

/** SECURITY: anybody can connect to a port that listens; only the server's own address counts (RFC 2577, 4). */
async function acceptFrom(listener: Deno.TcpListener, address: string): Promise<Deno.TcpConn> {
  for (;;) {
    const conn = await listener.accept();
    if (endpointOf(conn.remoteAddr).address === address) {
      closeListener(listener);
      return conn;
    }
    conn.close();
  }
}

function closeListener(listener: Deno.TcpListener): void {
  try {
    listener.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
