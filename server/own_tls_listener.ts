// The TLS listener on loopback through which a thread connects to itself.

import type { ByteStream } from "../shared/byte_stream.ts";
import { unlessAborted, within } from "../shared/deadline.ts";
import { Fault } from "../shared/fault.ts";
import { closeIfOpen, plainStream } from "../shared/plain_stream.ts";

const LOOPBACK = "127.0.0.1";

/** So many who were accepted while we dialled are kept: our own end is among the last of them, the others cost descriptors. */
const EARLY_LIMIT = 16;

/** Bounds of connecting to ourselves. */
export interface DialOptions {
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** Both ends of a connection to ourselves. */
export interface OwnConnection {
  /** The end at which everything is encrypted. */
  readonly inner: ByteStream;
  /** The end at which nothing is; not yet handshaken. */
  readonly conn: Deno.TlsConn;
}

/** One listener for all data connections of a thread: opening one for each would cost more than to use it. */
export class OwnTlsListener implements Disposable {
  readonly #listener: Deno.TlsListener;
  /** Connections are made one after the other, so that nobody takes another's. */
  #turn: Promise<unknown> = Promise.resolve();
  /** An accept cannot be called off: who comes next goes on with it, or with what it brought. */
  #accepting: Promise<Deno.TlsConn> | undefined;

  /** @param identity PEM texts. @throws what listening throws */
  constructor(
    identity: { readonly cert: string; readonly key: string; readonly alpnProtocols: string[] },
  ) {
    this.#listener = Deno.listenTls({ hostname: LOOPBACK, port: 0, ...identity });
  }

  /** @throws Fault `aborted`, `timed-out`, and what connecting throws; then neither end is open. */
  connect({ limitMs, signal }: DialOptions): Promise<OwnConnection> {
    const over = new AbortController();
    const turn = this.#turn.then(() => this.#connect({ limitMs, signal: over.signal }));
    this.#turn = turn.catch(() => {});
    const waiting = within(turn, { limitMs, signal, cancel: () => over.abort() });
    return orClosed(turn, waiting, ({ inner, conn }) => {
      inner.close();
      conn.close();
    });
  }

  /** Another has taken its place: it closes when those who wait have their connections. */
  retire(): void {
    void this.#turn.then(() => this[Symbol.dispose]());
  }

  [Symbol.dispose](): void {
    closeIfOpen(this.#listener);
    this.#accepting?.then(closeIfOpen, () => {});
  }

  async #connect(options: DialOptions): Promise<OwnConnection> {
    // SECURITY: who left before his turn dials no more: what nobody accepts fills the queue.
    const { signal } = options;
    if (signal.aborted) throw new Fault("aborted");
    const dialled = dialLoopback(this.#listener.addr.port, options);
    const early: Deno.TlsConn[] = [];
    try {
      const inner = await this.#acceptDuring(dialled, early);
      for (;;) {
        // The limit is that of the whole, which fires the signal.
        const conn = early.shift() ?? this.#taken(await unlessAborted(this.#accept(), signal));
        // SECURITY: anybody on this machine can connect to the loopback port; only our own end is taken.
        if (conn.remoteAddr.port === inner.local.port) return { inner, conn };
        closeIfOpen(conn);
      }
    } catch (error) {
      dialled.then((inner) => inner.close(), () => {});
      throw error;
    } finally {
      early.forEach(closeIfOpen);
    }
  }

  /**
   * Waits for the dialling; who comes before it has ended is put into `early`.
   *
   * SECURITY: while strangers fill the queue, dialling ends only when they are taken from it.
   */
  async #acceptDuring(dialled: Promise<ByteStream>, early: Deno.TlsConn[]): Promise<ByteStream> {
    const done = dialled.then((inner) => ({ inner }));
    for (;;) {
      const next = await Promise.race([done, this.#accept().then((conn) => ({ conn }))]);
      if ("inner" in next) return next.inner;
      early.push(this.#taken(next.conn));
      if (early.length > EARLY_LIMIT) early.splice(0, 1).forEach(closeIfOpen);
    }
  }

  /** Brings one who came; to be marked as taken. */
  #accept(): Promise<Deno.TlsConn> {
    return this.#accepting ??= this.#listener.accept().catch((error) => {
      this.#accepting = undefined;
      throw error;
    });
  }

  #taken(conn: Deno.TlsConn): Deno.TlsConn {
    this.#accepting = undefined;
    return conn;
  }
}

/** Connects to a port of ours. @throws Fault `aborted`, `timed-out`, and what connecting throws */
export async function dialLoopback(port: number, options: DialOptions): Promise<ByteStream> {
  const dialled = Deno.connect({ hostname: LOOPBACK, port });
  const loop = await orClosed(dialled, within(dialled, options), (conn) => conn.close());
  loop.setNoDelay(true);
  return plainStream(loop);
}

/** Waits; what comes about after the waiting has ended is closed. */
async function orClosed<T>(
  coming: Promise<T>,
  waiting: Promise<T>,
  close: (late: T) => void,
): Promise<T> {
  try {
    return await waiting;
  } catch (error) {
    coming.then(close, () => {});
    throw error;
  }
}
