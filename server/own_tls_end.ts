// A loopback connection of our own: encrypted bytes at one end, TLS at the other. Two kinds of TLS there are.

import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import { Fault } from "../shared/fault.ts";
import { plainStream } from "../shared/plain_stream.ts";
import { RecordTail } from "../shared/record_tail.ts";
import { dialLoopback, type DialOptions } from "./own_tls_listener.ts";
import type { ResumingListener } from "./resuming_listener.ts";
import type { ServerTls } from "./server_tls.ts";

/** The connection. */
export interface OwnTlsEnd extends Disposable {
  /** The end at which everything is encrypted. */
  readonly inner: ByteStream;
  /** The end at which nothing is; to be used after the handshake. */
  readonly protectedSide: ByteStream;
  /** @throws Fault `tls-not-resumed`, or what TLS says */
  handshake(): Promise<void>;
  /** To be shown all that goes in; resolves when more may follow. */
  see(bytes: Uint8Array): Promise<void>;
  /**
   * To be told that the peer's bytes ended, before the end is passed on.
   *
   * @param how what that is where it was no clean end; asked only then, since an error costs its stack.
   */
  peerLeft(how: () => Fault): Promise<void>;
}

/**
 * TLS of the runtime's own listener: it tells truncation and answers close_notify.
 *
 * @throws Fault `aborted`, `timed-out`, `host-failure`
 */
export async function runtimeTlsEnd(tls: ServerTls, options: DialOptions): Promise<OwnTlsEnd> {
  const { inner, conn } = await tls.connectToSelf(options);
  const protectedSide = plainStream(conn);
  return {
    inner,
    protectedSide,
    handshake: async () => void await conn.handshake(),
    see: () => Promise.resolve(),
    peerLeft: () => Promise.resolve(),
    [Symbol.dispose]: () => protectedSide.close(),
  };
}

/**
 * TLS of node's, which can resume the sessions of control connections (`--tls-reuse`).
 *
 * @param must whether a session that was not resumed is refused.
 * @throws Fault `aborted`, `timed-out`, `host-failure`
 */
export async function resumingTlsEnd(
  tls: ServerTls,
  must: boolean,
  options: DialOptions,
): Promise<OwnTlsEnd> {
  const listener = await tls.listenResuming();
  try {
    return new ResumingTlsEnd(listener, await dialLoopback(listener.port, options), must, options);
  } catch (error) {
    listener[Symbol.dispose]();
    throw error;
  }
}

class ResumingTlsEnd implements OwnTlsEnd {
  readonly inner: ByteStream;
  readonly protectedSide: ByteStream;
  readonly #listener: ResumingListener;
  readonly #must: boolean;
  readonly #options: DialOptions;
  readonly #tail = new RecordTail();
  #stream: ByteStream | undefined;
  readonly #goodbye = Promise.withResolvers<void>();
  readonly #left = Promise.withResolvers<never>();
  #cut: Fault | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  constructor(listener: ResumingListener, inner: ByteStream, must: boolean, options: DialOptions) {
    this.#listener = listener;
    this.inner = inner;
    this.#must = must;
    this.#options = options;
    this.protectedSide = this.#openSide();
    this.#goodbye.promise.catch(() => {});
    this.#left.promise.catch(() => {});
  }

  async handshake(): Promise<void> {
    const hold = (full: boolean) => this.#hold(full);
    // A peer that leaves in mid-handshake is no end to node's TLS.
    const { stream, isResumed, goodbye } = await Promise.race([
      this.#listener.handshake(this.inner.local.port, hold),
      this.#left.promise,
    ]);
    this.#stream = stream;
    goodbye.then(() => this.#goodbye.resolve());
    // SECURITY: a ticket of any control connection of this thread does; the runtime tells no more. Who
    // has none is none of our clients: a port that was guessed first is of no use then.
    if (this.#must && !isResumed) throw new Fault("tls-not-resumed");
  }

  async see(bytes: Uint8Array): Promise<void> {
    this.#tail.take(bytes);
    await this.#room?.promise;
  }

  /**
   * SECURITY: node's TLS tells a FIN without close_notify as a clean end (a truncation attack, RFC
   * 8446, 6.1). So the end is passed on only when it is known which it was: the last record must look
   * like an alert, and TLS must have taken it for the goodbye by itself.
   */
  async peerLeft(how: () => Fault): Promise<void> {
    const { limitMs } = this.#options;
    const isClean = this.#tail.endsWithAlert &&
      await within(this.#goodbye.promise, { limitMs }).then(() => true, () => false);
    if (isClean) return;
    this.#cut = how();
    this.#left.reject(this.#cut);
  }

  [Symbol.dispose](): void {
    this.#hold(false);
    this.#goodbye.reject(new Fault("aborted"));
    this.#stream?.close();
    this.#listener[Symbol.dispose]();
  }

  #openSide(): ByteStream {
    const { local, remote } = this.inner;
    const stream = () => {
      if (this.#stream === undefined) throw new Fault("aborted");
      return this.#stream;
    };
    return {
      local,
      remote,
      secure: true,
      read: async (into) => {
        const bytes = await stream().read(into).catch((error) => {
          throw this.#cut ?? error;
        });
        if (bytes === null && this.#cut !== undefined) throw this.#cut;
        return bytes;
      },
      write: async (bytes) => await stream().write(bytes),
      finish: async () => await stream().finish(),
      close: () => this[Symbol.dispose](),
      [Symbol.dispose]: () => this[Symbol.dispose](),
    };
  }

  #hold(full: boolean): void {
    if (full) this.#room ??= Promise.withResolvers();
    else {
      this.#room?.resolve();
      this.#room = undefined;
    }
  }
}
