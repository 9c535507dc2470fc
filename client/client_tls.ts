// TLS as the client speaks it, over any stream of bytes: the client's only file that knows node:tls.

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { checkServerIdentity, connect as startTls, type TLSSocket } from "node:tls";
import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import type { Endpoint } from "../shared/endpoint.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { RecordTail } from "./record_tail.ts";
import type { Certificate } from "./trust.ts";

/** What a handshake needs to know. */
export interface ClientTlsOptions {
  /** The server's name or address, for SNI and for what authorities sign. */
  readonly host: string;
  /** PEM texts that replace the system's authorities. */
  readonly authorities?: readonly string[];
  /** A session to resume; the control connection's, for data connections. */
  readonly session?: Uint8Array;
  /** Handshake, milliseconds. */
  readonly limitMs: number;
  readonly signal?: AbortSignal;
}

/** A stream that TLS protects. */
export interface ClientTlsStream extends ByteStream {
  /** What the server presented; whether to believe it is the caller's to judge before a byte is sent. */
  readonly certificate: Certificate;
  /** `TLSv1.3` or `TLSv1.2`. */
  readonly version: string;
  /** Whether the session that was offered was resumed. */
  readonly resumed: boolean;
  /** The newest session to resume: TLS 1.3 tickets arrive after the handshake, some servers' one by one. */
  readonly session: Uint8Array | undefined;
}

/** Decrypted bytes held for a reader that is slow; beyond it nothing more is taken off the network. */
const READ_AHEAD_BYTES = 1024 * 1024;

/** One read off the network: many records at once, so that their fixed costs are shared. */
const RAW_READ_BYTES = 256 * 1024;

/**
 * Handshakes over `below`, which the stream owns from then on. Any certificate passes here.
 *
 * @throws Fault `tls-failed`, `truncated`, `timed-out`, `aborted`
 */
export async function clientTls(
  below: ByteStream,
  options: ClientTlsOptions,
): Promise<ClientTlsStream> {
  const stream = new TlsOverStream(below, options);
  try {
    await within(stream.handshaken, {
      limitMs: options.limitMs,
      ...(options.signal && { signal: options.signal }),
    });
    return stream;
  } catch (error) {
    stream.close();
    throw isFault(error) ? error : new Fault("tls-failed", { cause: error });
  }
}

/**
 * The runtime's TLS reader must never be paused: once it was, it may not see the end. So it always flows,
 * and back-pressure is applied one floor below, where we feed it: no raw byte is read while the reader
 * above is behind.
 */
class TlsOverStream implements ClientTlsStream {
  readonly secure = true;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly handshaken: Promise<void>;
  readonly #below: ByteStream;
  readonly #raw: Duplex;
  readonly #tls: TLSSocket;
  readonly #tail = new RecordTail();
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #feedWanted = false;
  #feeding = false;
  #ended = false;
  #failure: Fault | undefined;
  #wake: (() => void) | undefined;
  #session: Uint8Array | undefined;
  #closed = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(below: ByteStream, options: ClientTlsOptions) {
    this.#below = below;
    this.local = below.local;
    this.remote = below.remote;
    this.#raw = new Duplex({
      readableHighWaterMark: RAW_READ_BYTES,
      read: () => {
        this.#feedWanted = true;
        this.#feed();
      },
      write: (chunk: Uint8Array, _encoding, done) => {
        this.#writing = below.write(chunk).then(() => done(), (error) => done(error));
      },
      final: (done) => {
        below.finish().then(() => done(), (error) => done(error));
      },
    });
    this.#raw.on("error", (error) => this.#fail(error));
    this.#tls = startTls({
      socket: this.#raw,
      minVersion: "TLSv1.2",
      // SECURITY: any certificate passes the handshake so that it can be shown; trust.ts judges it
      // before anything is said.
      rejectUnauthorized: false,
      ...(isAddress(options.host) ? {} : { servername: options.host }),
      ...(options.authorities && { ca: [...options.authorities] }),
      ...(options.session && { session: Buffer.from(options.session) }),
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.handshaken = promise;
    promise.catch(() => {});
    this.#tls.on("secureConnect", () => resolve());
    this.#tls.on("session", (session: Uint8Array) => this.#session = session);
    this.#tls.on("data", (chunk: Uint8Array) => this.#take(chunk));
    this.#tls.on("end", () => this.#end());
    this.#tls.on("close", () => {
      this.#end();
      reject(this.#failure ?? new Fault("truncated"));
    });
    this.#tls.on("error", (error: Error) => {
      this.#fail(error);
      reject(new Fault("tls-failed", { cause: error }));
    });
    this.#host = options.host;
  }
  readonly #host: string;

  get certificate(): Certificate {
    return describe(this.#tls, this.#host);
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

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#queue.length === 0) {
      if (this.#failure) throw this.#failure;
      if (this.#closed) throw new Fault("aborted");
      if (this.#ended) return null;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      this.#feed();
      await promise;
    }
    let taken = 0;
    for (let chunk = this.#queue[0]; chunk && taken < into.length; chunk = this.#queue[0]) {
      const part = chunk.subarray(0, into.length - taken);
      into.set(part, taken);
      taken += part.length;
      if (part.length === chunk.length) this.#queue.shift();
      else this.#queue[0] = chunk.subarray(part.length);
    }
    this.#queuedBytes -= taken;
    this.#feed();
    return taken;
  }

  write(bytes: Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#tls.write(bytes, (error) => {
      if (!error) resolve();
      else reject(this.#closed ? new Fault("aborted") : this.#failure ?? faultOf(error));
    });
    return promise;
  }

  finish(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#tls.end(() => resolve());
    this.#tls.once("close", () => this.#failure ? reject(this.#failure) : resolve());
    return promise;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#tls.destroy();
    this.#raw.destroy();
    this.#below.close();
    this.#wake?.();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Hands one read's worth of raw bytes up, when they are wanted and there is room above. */
  async #feed(): Promise<void> {
    if (!this.#feedWanted || this.#feeding || this.#queuedBytes >= READ_AHEAD_BYTES) return;
    this.#feeding = true;
    this.#feedWanted = false;
    try {
      const buffer = new Uint8Array(RAW_READ_BYTES);
      const count = await this.#below.read(buffer);
      if (this.#closed) return;
      if (count === null) {
        this.#raw.push(null);
      } else {
        const bytes = buffer.subarray(0, count);
        this.#tail.take(bytes);
        this.#feeding = false;
        this.#raw.push(bytes);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#feeding = false;
    }
  }

  #take(chunk: Uint8Array): void {
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    this.#wake?.();
  }

  /**
   * SECURITY: the runtime tells a FIN without close_notify as a clean end (a truncation attack, RFC 8446,
   * 6.1), so whether the last record can have been one is looked up in the raw bytes.
   */
  #end(): void {
    if (this.#ended) return;
    if (!this.#tail.endsWithAlert) this.#failure ??= new Fault("truncated");
    this.#ended = true;
    this.#wake?.();
  }

  #fail(error: unknown): void {
    this.#failure ??= this.#closed ? new Fault("aborted") : faultOf(error);
    this.#wake?.();
  }
}

function faultOf(error: unknown): Fault {
  return isFault(error) ? error : new Fault("tls-failed", { cause: error });
}

function isAddress(host: string): boolean {
  return host.includes(":") || /^[\d.]+$/.test(host);
}

function describe(tls: TLSSocket, host: string): Certificate {
  const peer = tls.getPeerCertificate();
  const expires = Date.parse(peer.valid_to ?? "");
  const alternative = peer.subjectaltname?.split(", ")[0]?.replace(/^[^:]*:/, "");
  return {
    fingerprint: "sha256:" + (peer.fingerprint256 ?? "").replaceAll(":", "").toLowerCase(),
    name: commonName(peer.subject) || alternative || "",
    issuer: commonName(peer.issuer),
    expiresMs: Number.isNaN(expires) ? undefined : expires,
    signedForHost: tls.authorized && checkServerIdentity(host, peer) === undefined,
  };
}

function commonName(party: { CN?: string | string[] } | undefined): string {
  const name = party?.CN;
  return (Array.isArray(name) ? name[0] : name) ?? "";
}
