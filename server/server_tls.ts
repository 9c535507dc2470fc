// TLS as the server speaks it: control connections upgraded by AUTH, listeners for data connections.

import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { endpointOf } from "../shared/plain_stream.ts";
import { SocketStream } from "../shared/socket_stream.ts";
import { fingerprintOf } from "./certificate.ts";
import { type OwnConnection, OwnTlsListener } from "./own_tls_listener.ts";
import { RawSide } from "./raw_side.ts";
import { ResumingListener } from "./resuming_listener.ts";

/** A certificate and its private key. */
export interface TlsIdentity {
  /** PEM, the own certificate first, then those that vouch for it. */
  readonly certificatePem: string;
  /** PEM (PKCS #8, SEC 1 or PKCS #1), not encrypted. */
  readonly keyPem: string;
}

/** How long a handshake may take, and what ends it early. */
export interface HandshakeOptions {
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

// SECURITY: a client that names protocols must name FTP's, so that a browser cannot be talked into
// sending its requests here under our certificate (ALPACA). One that names none is let in.
const CONTROL_PROTOCOLS = ["ftp"];
/** Clients that reuse one configuration for both connections name the control's. */
const DATA_PROTOCOLS = ["ftp-data", "ftp"];

/** The TLS side of one worker: TLS 1.2 and newer. */
export class ServerTls implements Disposable {
  #identity: TlsIdentity;
  #context: SecureContext;
  readonly #handshaking = new Set<SocketStream>();
  /** Opened by the first protected data connection. */
  #own: OwnTlsListener | undefined;

  /** @throws Error where certificate and key are no pair; `loadIdentity` has told that before. */
  constructor(identity: TlsIdentity) {
    this.#identity = identity;
    this.#context = contextOf(identity);
  }

  /** `sha256:HEX` of the certificate's DER. */
  get fingerprint(): string {
    return fingerprintOf(this.#identity.certificatePem);
  }

  /** Whether the certificate is for this host name or address. */
  speaksFor(host: string): boolean {
    const certificate = new X509Certificate(this.#identity.certificatePem);
    const name = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host);
    return name !== undefined;
  }

  /** New connections get this identity from now on (SIGHUP); those that are open keep theirs. */
  replace(identity: TlsIdentity): void {
    this.#context = contextOf(identity);
    this.#identity = identity;
    this.#own?.retire();
    this.#own = undefined;
  }

  /**
   * Handshakes over a connection whose peer has been told to start; owns it from then on. Bytes that
   * were read before in clear must have been thrown away. A FIN without close_notify is told as
   * `truncated`, like a RST.
   *
   * @throws Fault `tls-failed` (refused, malformed, not in time), `aborted`
   */
  async upgrade(conn: Deno.TcpConn, options: HandshakeOptions): Promise<ByteStream> {
    const raw = new RawSide(conn);
    const socket = new TLSSocket(raw.duplex, {
      isServer: true,
      secureContext: this.#context,
      ALPNProtocols: CONTROL_PROTOCOLS,
    });
    const stream = new SocketStream(socket, {
      local: endpointOf(conn.localAddr),
      remote: endpointOf(conn.remoteAddr),
      secure: true,
      hold: (full) => raw.hold(full),
    });
    const secured = Promise.withResolvers<void>();
    raw.onEnd = () => {
      stream.fail(new Fault("truncated"));
      secured.reject(new Fault("truncated"));
    };
    socket.once("secure", () => secured.resolve());
    socket.once("error", secured.reject);
    socket.once("end", () => secured.reject(new Fault("truncated")));
    socket.once("close", () => {
      secured.reject(new Fault("truncated"));
      raw.duplex.destroy();
    });
    this.#handshaking.add(stream);
    try {
      await within(secured.promise, { ...options, cancel: () => stream.close() });
      return stream;
    } catch (error) {
      stream.close();
      if (isFault(error, "aborted")) throw error;
      throw new Fault("tls-failed", { cause: error });
    } finally {
      this.#handshaking.delete(stream);
    }
  }

  /**
   * Connects this thread to itself, TLS with this identity at one end: for ourselves and not for peers,
   * since what the runtime accepted and we close in mid-handshake or mid-write stays open until its
   * other end goes. The caller owns both ends.
   *
   * @throws Fault `aborted`, `timed-out`, and what connecting throws
   */
  connectToSelf(options: HandshakeOptions): Promise<OwnConnection> {
    const { certificatePem: cert, keyPem: key } = this.#identity;
    this.#own ??= new OwnTlsListener({ cert, key, alpnProtocols: DATA_PROTOCOLS });
    return this.#own.connect(options);
  }

  /**
   * A listener for one connection of our own, which may resume the TLS session of a control
   * connection of this thread; the caller closes it.
   */
  listenResuming(): Promise<ResumingListener> {
    return ResumingListener.open(this.#identity, DATA_PROTOCOLS);
  }

  /** Ends the handshakes under way; connections that are open belong to their sessions. */
  [Symbol.dispose](): void {
    for (const stream of this.#handshaking) stream.close();
    this.#own?.[Symbol.dispose]();
  }
}

function contextOf({ certificatePem, keyPem }: TlsIdentity): SecureContext {
  return createSecureContext({ cert: certificatePem, key: keyPem, minVersion: "TLSv1.2" });
}
