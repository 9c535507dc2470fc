// TLS over a connection that already exists: its bytes go through a listener of this process that speaks it.

import { Alarm } from "../shared/alarm.ts";
import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { type OwnTlsEnd, resumingTlsEnd, runtimeTlsEnd } from "./own_tls_end.ts";
import type { ServerTls } from "./server_tls.ts";
import type { ServerSettings } from "./settings.ts";
import { TicketHold } from "./ticket_hold.ts";

/** A small file with its handshake needs no more at once. */
const FIRST_CARRY_BYTES = 8 * 1024;
/** Four TLS records of the largest kind; more was not faster. */
const CARRY_BYTES = 64 * 1024;

/** How long, after our side has closed, the peer may take no byte before the rest is given up. */
const DRAIN_STALL_MS = 10_000;

/** What a relay is for, and its bounds. */
export interface RelayOptions {
  /** Whether we send and the peer receives, or the other way round. */
  readonly sends: boolean;
  /** Whether it can resume the TLS session of its control connection (`--tls-reuse`). */
  readonly resumption: ServerSettings["tlsReuse"];
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
    const { resumption } = options;
    const own = resumption === "off"
      ? await runtimeTlsEnd(tls, options)
      : await resumingTlsEnd(tls, resumption === "require", options);
    return new Relay(outer, own, options);
  } catch (error) {
    outer.close();
    throw error;
  }
}

/** Carries both ways between the peer and our own TLS connection. */
class Relay implements Relayed {
  readonly stream: ByteStream;
  readonly ended: Promise<void>;
  readonly #outer: ByteStream;
  readonly #own: OwnTlsEnd;
  /** Given for an upload. */
  readonly #hold: TicketHold | undefined;
  readonly #stallMs: number;
  readonly #closed = Promise.withResolvers<void>();
  #carriedBytes = 0;
  /** How the peer was lost, where it did not end in good order. */
  #lost: Fault | undefined;
  #finished = false;

  constructor(outer: ByteStream, own: OwnTlsEnd, options: RelayOptions) {
    this.#outer = outer;
    this.#own = own;
    this.#hold = options.sends ? undefined : new TicketHold();
    this.#stallMs = options.stallMs;
    this.stream = this.#overlaid();
    this.ended = this.#carry();
  }

  async handshake(): Promise<void> {
    await this.#own.handshake();
  }

  abandon(): void {
    this.#outer.close();
    this.#own.inner.close();
    this.#own[Symbol.dispose]();
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
      read: (into) =>
        this.#own.protectedSide.read(into).catch((error) => {
          throw this.#lost ?? error;
        }),
      write: (bytes) => this.#own.protectedSide.write(bytes),
      finish: () => this.#finish(),
      close,
      [Symbol.dispose]: close,
    };
  }

  async #finish(): Promise<void> {
    this.#hold?.release();
    await this.#own.protectedSide.finish();
    this.#finished = true;
  }

  #close(): void {
    if (!this.#finished) return this.abandon();
    this.#own[Symbol.dispose]();
    this.#closed.resolve();
  }

  /** Never rejects. */
  async #carry(): Promise<void> {
    // Whichever way the peer is lost, our side is told by an end without close_notify.
    const incoming = this.#carryIn().catch(() => this.#own.inner.close());
    const outgoing = this.#carryOut().catch(() => this.#own.inner.close());
    await this.#closed.promise;
    await this.#drained(outgoing);
    this.#outer.close();
    this.#own.inner.close();
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
    const next = reader((into) => this.#outer.read(into));
    try {
      for (let piece = await next(); piece !== null; piece = await next()) {
        this.#hold?.see(piece);
        await this.#own.inner.write(piece);
        await this.#own.see(piece);
      }
    } catch (error) {
      const lost = isFault(error) ? error : new Fault("truncated", { cause: error });
      this.#lost = lost;
      await this.#own.peerLeft(() => lost);
      throw error;
    }
    await this.#own.peerLeft(() => {
      const cause = new Deno.errors.UnexpectedEof("FIN without close_notify");
      return new Fault("truncated", { cause });
    });
    await this.#own.inner.finish();
  }

  /** From us to the peer, who may not stand still for longer than a stall may last. */
  async #carryOut(): Promise<void> {
    const limitMs = this.#stallMs;
    using alarm = new Alarm();
    // A reset by ourselves means: closed with bytes of the peer's unread. All we wrote came before.
    const next = reader((into) => this.#own.inner.read(into).catch(() => null));
    for (let piece = await next(); piece !== null; piece = await next()) {
      for (const part of this.#hold?.pass(piece) ?? [piece]) {
        await alarm.within(this.#outer.write(part), limitMs);
        this.#carriedBytes += part.length;
      }
    }
    await alarm.within(this.#outer.finish(), limitMs);
  }
}

/** Reads pieces, each valid until the next; the buffer grows when it is once filled. */
function reader(
  read: (into: Uint8Array) => Promise<number | null>,
): () => Promise<Uint8Array | null> {
  let buffer = new Uint8Array(FIRST_CARRY_BYTES);
  let isFull = false;
  return async () => {
    if (isFull) buffer = new Uint8Array(CARRY_BYTES);
    const bytes = await read(buffer);
    isFull = bytes === buffer.length && buffer.length < CARRY_BYTES;
    return bytes === null ? null : buffer.subarray(0, bytes);
  };
}
