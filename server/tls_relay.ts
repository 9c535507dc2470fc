// TLS over a connection that already exists: its bytes go through a listener of this process that speaks it.

import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import type { Endpoint } from "../shared/endpoint.ts";
import { isFault } from "../shared/fault.ts";
import { endpointOf, plainStream } from "../shared/plain_stream.ts";
import { connectFrom, type ResettableStream } from "./active_connection.ts";
import type { ServerTls } from "./server_tls.ts";

const LOOPBACK = "127.0.0.1";
/** Four TLS records of the largest kind; more was not faster. */
const CARRY_BYTES = 64 * 1024;

/** Bounds of a relay. */
export interface RelayOptions {
  /** How long connecting to ourselves may take. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** How long the peer may take no byte before it is given up. */
  readonly stallMs: number;
}

/** A connection with TLS laid over it, not yet handshaken. */
export interface Relayed {
  readonly stream: ByteStream;
  handshake(): Promise<unknown>;
  /** Resolves when all that was written has left, or was given up, after the stream was closed. */
  readonly ended: Promise<void>;
}

/**
 * Lays TLS over `outer`, which it owns from then on; we are the TLS server. The runtime's TLS
 * listener is the only one here that tells truncation and answers close_notify, and it takes no
 * connection from elsewhere: so each end of the relay tells the other FIN as FIN and RST as RST.
 */
export async function relayTls(
  outer: ByteStream,
  tls: ServerTls,
  options: RelayOptions,
): Promise<Relayed> {
  try {
    const { inner, conn } = await dialOurselves(tls, options);
    const protectedSide = plainStream(conn);
    const closed = Promise.withResolvers<void>();
    const stream = overlaid(outer, protectedSide, closed.resolve);
    return {
      stream,
      handshake: () => conn.handshake(),
      ended: relay(outer, inner, { closed: closed.promise, stallMs: options.stallMs }),
    };
  } catch (error) {
    outer.close();
    throw error;
  }
}

async function dialOurselves(
  tls: ServerTls,
  { limitMs, signal }: RelayOptions,
): Promise<{ inner: ResettableStream; conn: Deno.TlsConn }> {
  using listener = tls.listen({ hostname: LOOPBACK, port: 0 });
  const target = endpointOf(listener.addr);
  const inner = await connectFrom({ target, localAddress: LOOPBACK, limitMs, signal });
  try {
    const accepted = acceptFrom(listener, inner.stream.local);
    const conn = await within(accepted, { limitMs, signal, cancel: () => inner.reset() });
    return { inner, conn };
  } catch (error) {
    inner.stream.close();
    throw error;
  }
}

/** SECURITY: anybody on this machine can connect to the loopback port; only our own end is taken. */
async function acceptFrom(listener: Deno.TlsListener, from: Endpoint): Promise<Deno.TlsConn> {
  for (;;) {
    const conn = await listener.accept();
    if (conn.remoteAddr.port === from.port) return conn;
    conn.close();
  }
}

/** The protected stream, with the endpoints of the connection below it. */
function overlaid(outer: ByteStream, protectedSide: ByteStream, onClose: () => void): ByteStream {
  const close = () => {
    protectedSide.close();
    onClose();
  };
  return {
    local: outer.local,
    remote: outer.remote,
    secure: true,
    read: (into) => protectedSide.read(into),
    write: (bytes) => protectedSide.write(bytes),
    finish: () => protectedSide.finish(),
    close,
    [Symbol.dispose]: close,
  };
}

/** Carries both ways until our side has closed and what it wrote has left. Never rejects. */
async function relay(
  outer: ByteStream,
  inner: ResettableStream,
  { closed, stallMs }: { readonly closed: Promise<void>; readonly stallMs: number },
): Promise<void> {
  const inward = carry(outer, inner.stream).catch(() => inner.reset());
  const outward = carry(inner.stream, outer, stallMs).catch(async (fault) => {
    // Closed with bytes of the peer's still unread: all we wrote has been carried by then.
    if (isFault(fault, "truncated") && inner.stream.failure !== undefined) await outer.finish();
    else inner.reset();
  }).catch(() => inner.reset());
  await outward;
  await closed;
  outer.close();
  inner.stream.close();
  await inward;
}

/** Carries one direction up to and with its FIN; a write may take `writeLimitMs` where that is given. */
async function carry(from: ByteStream, to: ByteStream, writeLimitMs?: number): Promise<void> {
  const buffer = new Uint8Array(CARRY_BYTES);
  for (let bytes = await from.read(buffer); bytes !== null; bytes = await from.read(buffer)) {
    const written = to.write(buffer.subarray(0, bytes));
    await (writeLimitMs === undefined ? written : within(written, { limitMs: writeLimitMs }));
  }
  await to.finish();
}
