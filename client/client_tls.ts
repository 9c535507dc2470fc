// TLS as the client speaks it, over any stream of bytes: the client's only file that knows node:tls.

import { Buffer } from "node:buffer";
import { checkServerIdentity, connect as startTls, type TLSSocket } from "node:tls";
import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import type { Endpoint } from "../shared/endpoint.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { SocketStream } from "../shared/socket_stream.ts";
import { EncryptedSide } from "./encrypted_side.ts";
import type { Certificate } from "./trust.ts";

/** What a handshake needs to know. */
export interface ClientTlsOptions {
  /** The server's name or address, for SNI and for what authorities sign. */
  readonly host: string;
  /** PEM texts that replace the system's authorities. */
  readonly authorities?: readonly string[];
  /** A session to resume; the control connection's, for data connections. */
  readonly session?: Uint8Array;
  /** Whether TLS 1.2 is the newest that is offered: its sessions may be resumed any number of times. */
  readonly isOlder?: boolean;
  /** Handshake, milliseconds. */
  readonly limitMs: number;
  readonly signal?: AbortSignal;
}

/** A stream that TLS protects. */
export interface ClientTlsStream extends ByteStream {
  /** What the server presented; whether to believe it is the caller's to judge before a byte is sent. */
  readonly certificate: Certificate;
  /** The same as it was presented, DER. */
  readonly certificateDer: Uint8Array;
  /** `TLSv1.3` or `TLSv1.2`. */
  readonly version: string;
  /** Whether the session that was offered was resumed. */
  readonly resumed: boolean;
  /** The newest session to resume: TLS 1.3 tickets arrive after the handshake, some servers' one by one. */
  readonly session: Uint8Array | undefined;
}

/**
 * Handshakes over `below`, which the stream owns from then on. Any certificate passes here.
 *
 * @throws Fault `tls-failed`, `truncated`, `timed-out`, `aborted`
 */
export async function clientTls(
  below: ByteStream,
  options: ClientTlsOptions,
): Promise<ClientTlsStream> {
  const stream = new TlsStream(below, options);
  try {
    await within(stream.secured, {
      limitMs: options.limitMs,
      ...(options.signal && { signal: options.signal }),
    });
    return stream;
  } catch (error) {
    stream.close();
    throw isFault(error) ? error : new Fault("tls-failed", { cause: error });
  }
}

class TlsStream implements ClientTlsStream {
  readonly secure = true;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Resolves after the handshake. */
  readonly secured: Promise<void>;
  readonly #encrypted: EncryptedSide;
  readonly #tls: TLSSocket;
  readonly #clear: SocketStream;
  /** Kept, since a socket that is closed tells it no more. */
  #certificate: Certificate | undefined;
  #certificateDer = new Uint8Array(0);
  #session: Uint8Array | undefined;

  constructor(below: ByteStream, options: ClientTlsOptions) {
    this.local = below.local;
    this.remote = below.remote;
    this.#encrypted = new EncryptedSide(below);
    this.#tls = startTls({
      socket: this.#encrypted.duplex,
      minVersion: "TLSv1.2",
      ...(options.isOlder && { maxVersion: "TLSv1.2" as const }),
      // SECURITY: any certificate passes the handshake so that it can be shown; trust.ts judges it
      // before anything is said.
      rejectUnauthorized: false,
      ...(isAddress(options.host) ? {} : { servername: options.host }),
      ...(options.authorities && { ca: [...options.authorities] }),
      ...(options.session && { session: Buffer.from(options.session) }),
    });
    this.#clear = new SocketStream(this.#tls, {
      local: below.local,
      remote: below.remote,
      secure: true,
      hold: (full) => this.#encrypted.hold(full),
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.secured = promise;
    this.#tls.once("secureConnect", () => {
      this.#certificate = describe(this.#tls, options.host);
      this.#certificateDer = Uint8Array.from(this.#tls.getPeerCertificate().raw ?? []);
      resolve();
    });
    this.#tls.once("error", reject);
    this.#tls.once("close", () => reject(new Fault("truncated")));
    this.#tls.on("session", (session: Uint8Array) => this.#session = session);
  }

  get certificate(): Certificate {
    if (this.#certificate === undefined) throw new Error("no certificate before the handshake");
    return this.#certificate;
  }

  get certificateDer(): Uint8Array {
    return this.#certificateDer;
  }

  get version(): string {
    return this.#tls.getProtocol() ?? "TLS";
  }

  get resumed(): boolean {
    return this.#tls.isSessionReused();
  }

  get session(): Uint8Array | undefined {
    return this.#session ?? this.#tls.getSession();
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#clear.read(into);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#clear.write(bytes);
  }

  async finish(): Promise<void> {
    await this.#clear.finish();
    await this.#encrypted.finish();
  }

  close(): void {
    this.#clear.close();
    this.#encrypted.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function isAddress(host: string): boolean {
  return host.includes(":") || /^[\d.]+$/.test(host);
}

function describe(tls: TLSSocket, host: string): Certificate {
  const peer = tls.getPeerCertificate();
  const expiresMs = Date.parse(peer.valid_to ?? "");
  const alternative = peer.subjectaltname?.split(", ")[0]?.replace(/^[^:]*:/, "");
  return {
    fingerprint: "sha256:" + (peer.fingerprint256 ?? "").replaceAll(":", "").toLowerCase(),
    name: commonName(peer.subject) || alternative || "",
    issuer: commonName(peer.issuer),
    expiresMs: Number.isNaN(expiresMs) ? undefined : expiresMs,
    signedForHost: tls.authorized && checkServerIdentity(host, peer) === undefined,
  };
}

function commonName(party: { CN?: string | string[] } | undefined): string {
  const name = party?.CN;
  return (Array.isArray(name) ? name[0] : name) ?? "";
}
