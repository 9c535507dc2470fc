// A ByteStream over a connection of the runtime's own: TCP, or TLS that its listener or dialler speaks.

import type { ByteStream } from "./byte_stream.ts";
import { type Endpoint, normaliseAddress } from "./endpoint.ts";
import { Fault, isFault } from "./fault.ts";

/**
 * Wraps an open connection; the stream owns it from then on. `setNoDelay` and keep-alive are the
 * caller's to choose, before or after.
 *
 * Over TLS a FIN or RST without close_notify is told as `truncated`; `finish` and `close` both send
 * close_notify, so a peer that waits for ours (RFC 8446, 6.1) gets it either way.
 */
export function plainStream(conn: Deno.TcpConn | Deno.TlsConn): ByteStream {
  return new ConnStream(conn);
}

/** Our endpoint type from the runtime's address. */
export function endpointOf(address: Deno.NetAddr): Endpoint {
  return { address: normaliseAddress(address.hostname), port: address.port };
}

/** Closes what somebody else, or the runtime, may have closed already, or what never came to be. */
export function closeIfOpen(resource: { close(): void } | undefined): void {
  try {
    resource?.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

class ConnStream implements ByteStream {
  readonly #conn: Deno.TcpConn | Deno.TlsConn;
  readonly secure: boolean;
  #closed = false;

  constructor(conn: Deno.TcpConn | Deno.TlsConn) {
    this.#conn = conn;
    this.secure = "handshake" in conn;
  }

  get local(): Endpoint {
    return endpointOf(this.#conn.localAddr);
  }

  get remote(): Endpoint {
    return endpointOf(this.#conn.remoteAddr);
  }

  async read(into: Uint8Array): Promise<number | null> {
    try {
      return await this.#conn.read(into as Uint8Array<ArrayBuffer>);
    } catch (error) {
      throw this.#faultOf(error);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      let written = 0;
      while (written < bytes.length) {
        const rest = written === 0 ? bytes : bytes.subarray(written);
        written += await this.#conn.write(rest as Uint8Array<ArrayBuffer>);
      }
    } catch (error) {
      throw this.#faultOf(error);
    }
  }

  async finish(): Promise<void> {
    try {
      await this.#conn.closeWrite();
    } catch (error) {
      throw this.#faultOf(error);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeIfOpen(this.#conn);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #faultOf(error: unknown): Fault {
    return this.#closed ? new Fault("aborted", { cause: error }) : connectionFault(error);
  }
}

/**
 * What a failed read or write of the runtime means; Deno's error classes and node's error codes are
 * both understood.
 */
export function connectionFault(error: unknown): Fault {
  if (isFault(error)) return error;
  if (
    error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.BadResource ||
    codeOf(error) === "ERR_STREAM_DESTROYED"
  ) {
    return new Fault("aborted", { cause: error });
  }
  if (PEER_GONE.some((kind) => error instanceof kind) || PEER_GONE_CODES.has(codeOf(error))) {
    return new Fault("truncated", { cause: error });
  }
  // A record that cannot be decrypted, or an alert: rustls tells both so.
  if (error instanceof Deno.errors.InvalidData) return new Fault("tls-failed", { cause: error });
  return new Fault("host-failure", { cause: error });
}

const PEER_GONE = [
  Deno.errors.ConnectionReset,
  Deno.errors.ConnectionAborted,
  Deno.errors.BrokenPipe,
  Deno.errors.UnexpectedEof,
  Deno.errors.NotConnected,
  // Keep-alive or retransmission gave up: the peer's machine or the way to it is gone.
  Deno.errors.TimedOut,
] as const;

const PEER_GONE_CODES: ReadonlySet<string | undefined> = new Set([
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTCONN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
]);

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
