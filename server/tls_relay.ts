// TLS over a connection that already exists: its bytes go through a listener of this process that speaks it.

import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import { plainStream } from "../shared/plain_stream.ts";
import type { ServerTls } from "./server_tls.ts";
import { TicketHold } from "./ticket_hold.ts";

const LOOPBACK = "127.0.0.1";
/** Four TLS records of the largest kind; more was not faster. */
const CARRY_BYTES = 64 * 1024;

/** What a relay is for, and its bounds. */
export interface RelayOptions {
  /** Whether we send and the peer receives, or the other way round. */
  readonly sends: boolean;
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
  /** Drops both ends without waiting for anything; closing the stream lets what was written leave. */
  abandon(): void;
  /** Resolves when all that was written has left, or was given up, after the stream was closed. */
  readonly ended: Promise<void>;
}

/**
 * Lays TLS over `outer`, which it owns from then on; we are the TLS server. The runtime's TLS
 * listener is the only one here that tells truncation and answers close_notify, and it takes no
 * connection from elsewhere: so it is given one from ourselves, and each FIN is passed on as it is.
 *
 * @throws Fault `aborted`, `timed-out`, `host-failure`
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
    const hold = options.sends ? undefined : new TicketHold();
    const stream = overlaid(outer, protectedSide, { hold, onClose: closed.resolve });
    return {
      stream,
      handshake: () => conn.handshake(),
      abandon: () => {
        outer.close();
        inner.close();
        stream.close();
      },
      ended: relay(outer, inner, { hold, closed: closed.promise, stallMs: options.stallMs }),
    };
  } catch (error) {
    outer.close();
    throw error;
  }
}

async function dialOurselves(
  tls: ServerTls,
  { limitMs, signal }: RelayOptions,
): Promise<{ inner: ByteStream; conn: Deno.TlsConn }> {
  using listener = tls.listen({ hostname: LOOPBACK, port: 0 });
  const dialled = Deno.connect({ hostname: LOOPBACK, port: listener.addr.port });
  const loop = await orClosed(dialled, within(dialled, { limitMs, signal }));
  loop.setNoDelay(true);
  const inner = plainStream(loop);
  try {
    const accepted = acceptFrom(listener, inner.local.port);
    return { inner, conn: await orClosed(accepted, within(accepted, { limitMs, signal })) };
  } catch (error) {
    inner.close();
    throw error;
  }
}

/** Waits; a connection that comes about after the waiting has ended is closed. */
async function orClosed<T extends Deno.Conn>(coming: Promise<T>, waiting: Promise<T>): Promise<T> {
  try {
    return await waiting;
  } catch (error) {
    coming.then((conn) => conn.close(), () => {});
    throw error;
  }
}

/** SECURITY: anybody on this machine can connect to the loopback port; only our own end is taken. */
async function acceptFrom(listener: Deno.TlsListener, port: number): Promise<Deno.TlsConn> {
  for (;;) {
    const conn = await listener.accept();
    if (conn.remoteAddr.port === port) return conn;
    conn.close();
  }
}

/** The protected stream, with the endpoints of the connection below it. */
function overlaid(
  outer: ByteStream,
  protectedSide: ByteStream,
  { hold, onClose }: { readonly hold: TicketHold | undefined; readonly onClose: () => void },
): ByteStream {
  const close = () => {
    hold?.release();
    protectedSide.close();
    onClose();
  };
  return {
    local: outer.local,
    remote: outer.remote,
    secure: true,
    read: (into) => protectedSide.read(into),
    write: (bytes) => protectedSide.write(bytes),
    finish: () => {
      hold?.release();
      return protectedSide.finish();
    },
    close,
    [Symbol.dispose]: close,
  };
}

/** How a relay runs. */
interface Relaying {
  /** Given for an upload. */
  readonly hold: TicketHold | undefined;
  /** Resolves when our side has closed. */
  readonly closed: Promise<void>;
  readonly stallMs: number;
}

/** Carries both ways until our side has closed and what it wrote has left. Never rejects. */
async function relay(outer: ByteStream, inner: ByteStream, relaying: Relaying): Promise<void> {
  // Whichever way the peer is lost, our side is told by an end without close_notify.
  const incoming = carryIn(outer, inner, relaying).catch(() => inner.close());
  await carryOut(inner, outer, relaying).catch(() => inner.close());
  await relaying.closed;
  outer.close();
  inner.close();
  await incoming;
}

/** From the peer to us; how fast is for our own reading to say. */
async function carryIn(outer: ByteStream, inner: ByteStream, { hold }: Relaying): Promise<void> {
  const buffer = new Uint8Array(CARRY_BYTES);
  for (let bytes = await outer.read(buffer); bytes !== null; bytes = await outer.read(buffer)) {
    const piece = buffer.subarray(0, bytes);
    hold?.see(piece);
    await inner.write(piece);
  }
  await inner.finish();
}

/** From us to the peer, who may not stand still for longer than `stallMs`. */
async function carryOut(
  inner: ByteStream,
  outer: ByteStream,
  { hold, stallMs: limitMs }: Relaying,
): Promise<void> {
  const buffer = new Uint8Array(CARRY_BYTES);
  // A reset by ourselves means: closed with bytes of the peer's unread. All we wrote came before it.
  const next = () => inner.read(buffer).catch(() => null);
  for (let bytes = await next(); bytes !== null; bytes = await next()) {
    const piece = buffer.subarray(0, bytes);
    for (const part of hold?.pass(piece) ?? [piece]) await within(outer.write(part), { limitMs });
  }
  await within(outer.finish(), { limitMs });
}
