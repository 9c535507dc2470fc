// TLS over a connection that already exists: its bytes go through a listener of this process that speaks it.

import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import { plainStream } from "../shared/plain_stream.ts";
import type { ServerTls } from "./server_tls.ts";
import { TicketHold } from "./ticket_hold.ts";

const LOOPBACK = "127.0.0.1";
/** Four TLS records of the largest kind; more was not faster. */
const CARRY_BYTES = 64 * 1024;

/** How long, after our side has closed, the peer may take no byte before the rest is given up. */
const DRAIN_STALL_MS = 10_000;

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
  /** Closing it before `finish` drops both ends at once; after it, what was written still leaves. */
  readonly stream: ByteStream;
  handshake(): Promise<unknown>;
  /** Drops both ends at once, whatever is still on its way. */
  abandon(): void;
  /** Resolves when nothing is left of it. */
  readonly ended: Promise<void>;
}

/**
 * Lays TLS over `outer`, which it owns from then on; we are the TLS server. The runtime's TLS
 * listener is the only one here that tells truncation and answers close_notify. It takes no
 * connection from elsewhere, so it is given one from ourselves, and each FIN is passed on as it is.
 * Peers are never let on to such a listener: it sends tickets when it likes (ticket_hold.ts), and
 * what is closed on it in mid-handshake or mid-write keeps its descriptor until the peer goes.
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
    return new Relay(outer, inner, conn, options);
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

/** Carries both ways between the peer and our own TLS connection. */
class Relay implements Relayed {
  readonly stream: ByteStream;
  readonly ended: Promise<void>;
  readonly #outer: ByteStream;
  /** Our end of the loopback connection: what is read here is encrypted already. */
  readonly #inner: ByteStream;
  readonly #conn: Deno.TlsConn;
  readonly #protectedSide: ByteStream;
  /** Given for an upload. */
  readonly #hold: TicketHold | undefined;
  readonly #stallMs: number;
  readonly #closed = Promise.withResolvers<void>();
  #carriedBytes = 0;
  #finished = false;

  constructor(outer: ByteStream, inner: ByteStream, conn: Deno.TlsConn, options: RelayOptions) {
    this.#outer = outer;
    this.#inner = inner;
    this.#conn = conn;
    this.#protectedSide = plainStream(conn);
    this.#hold = options.sends ? undefined : new TicketHold();
    this.#stallMs = options.stallMs;
    this.stream = this.#overlaid();
    this.ended = this.#carry();
  }

  async handshake(): Promise<void> {
    await this.#conn.handshake();
  }

  abandon(): void {
    this.#outer.close();
    this.#inner.close();
    this.#protectedSide.close();
    this.#closed.resolve();
  }

  /** The protected stream, with the endpoints of the connection below it. */
  #overlaid(): ByteStream {
    const { local, remote } = this.#outer;
    const close = () => this.#close();
    return {
      local,
      remote,
      secure: true,
      read: (into) => this.#protectedSide.read(into),
      write: (bytes) => this.#protectedSide.write(bytes),
      finish: () => this.#finish(),
      close,
      [Symbol.dispose]: close,
    };
  }

  async #finish(): Promise<void> {
    this.#hold?.release();
    await this.#protectedSide.finish();
    this.#finished = true;
  }

  #close(): void {
    if (!this.#finished) return this.abandon();
    this.#protectedSide.close();
    this.#closed.resolve();
  }

  /** Never rejects. */
  async #carry(): Promise<void> {
    // Whichever way the peer is lost, our side is told by an end without close_notify.
    const incoming = this.#carryIn().catch(() => this.#inner.close());
    const outgoing = this.#carryOut().catch(() => this.#inner.close());
    await this.#closed.promise;
    await this.#drained(outgoing);
    this.#outer.close();
    this.#inner.close();
    await Promise.all([incoming, outgoing]);
  }

  /** Waits for what was written to leave, as long as the peer takes some of it. */
  async #drained(outgoing: Promise<void>): Promise<void> {
    for (let before = -1; before !== this.#carriedBytes;) {
      before = this.#carriedBytes;
      const left = within(outgoing, { limitMs: DRAIN_STALL_MS }).then(() => true, () => false);
      if (await left) return;
    }
  }

  /** From the peer to us; how fast is for our own reading to say. */
  async #carryIn(): Promise<void> {
    const buffer = new Uint8Array(CARRY_BYTES);
    const next = () => this.#outer.read(buffer);
    for (let bytes = await next(); bytes !== null; bytes = await next()) {
      const piece = buffer.subarray(0, bytes);
      this.#hold?.see(piece);
      await this.#inner.write(piece);
    }
    await this.#inner.finish();
  }

  /** From us to the peer, who may not stand still for longer than a stall may last. */
  async #carryOut(): Promise<void> {
    const limitMs = this.#stallMs;
    const buffer = new Uint8Array(CARRY_BYTES);
    // A reset by ourselves means: closed with bytes of the peer's unread. All we wrote came before.
    const next = () => this.#inner.read(buffer).catch(() => null);
    for (let bytes = await next(); bytes !== null; bytes = await next()) {
      const piece = buffer.subarray(0, bytes);
      for (const part of this.#hold?.pass(piece) ?? [piece]) {
        await within(this.#outer.write(part), { limitMs });
        this.#carriedBytes += part.length;
      }
    }
    await within(this.#outer.finish(), { limitMs });
  }
}
