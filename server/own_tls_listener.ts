// The TLS listener on loopback through which a thread connects to itself.

import type { ByteStream } from "../shared/byte_stream.ts";
import { type DeadlineOptions, within } from "../shared/deadline.ts";
import { closeIfOpen, plainStream } from "../shared/plain_stream.ts";

const LOOPBACK = "127.0.0.1";

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
  /** An accept cannot be called off: who comes next goes on with it. */
  #accepting: Promise<Deno.TlsConn> | undefined;

  /** @param identity PEM texts. @throws what listening throws */
  constructor(
    identity: { readonly cert: string; readonly key: string; readonly alpnProtocols: string[] },
  ) {
    this.#listener = Deno.listenTls({ hostname: LOOPBACK, port: 0, ...identity });
  }

  /** @throws Fault `aborted`, `timed-out`, and what connecting throws; then neither end is open. */
  connect(options: DeadlineOptions): Promise<OwnConnection> {
    const turn = this.#turn.then(() => this.#connect(options));
    this.#turn = turn.catch(() => {});
    return orClosed(turn, within(turn, options), ({ inner, conn }) => {
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
  }

  async #connect(options: DeadlineOptions): Promise<OwnConnection> {
    const inner = await dialLoopback(this.#listener.addr.port, options);
    try {
      for (;;) {
        const conn = await within(this.#accept(), options);
        // SECURITY: anybody on this machine can connect to the loopback port; only our own end is taken.
        if (conn.remoteAddr.port === inner.local.port) return { inner, conn };
        closeIfOpen(conn);
      }
    } catch (error) {
      inner.close();
      this.#accepting?.then(closeIfOpen, () => {});
      throw error;
    }
  }

  #accept(): Promise<Deno.TlsConn> {
    return this.#accepting ??= this.#listener.accept().finally(() => this.#accepting = undefined);
  }
}

/** Connects to a port of ours. @throws Fault `aborted`, `timed-out`, and what connecting throws */
export async function dialLoopback(port: number, options: DeadlineOptions): Promise<ByteStream> {
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
