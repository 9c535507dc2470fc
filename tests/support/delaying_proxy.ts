// A long way between an FTP client and a server: a proxy that delays every byte, data connections too.

import { isFault } from "../../shared/fault.ts";
import type { ByteStream } from "../../shared/byte_stream.ts";
import { plainStream } from "../../shared/plain_stream.ts";

/** The way: clients connect to `hostname` and `port`. */
export interface DelayingProxy extends AsyncDisposable {
  readonly hostname: string;
  readonly port: number;
}

/**
 * Puts a round trip of `roundTripMs` before a server on 127.0.0.1 that is spoken to in clear. It listens on
 * 127.0.0.2, on the server's own data ports too, so that EPSV's replies are true there as they are.
 */
export function delayingProxy(serverPort: number, roundTripMs: number): DelayingProxy {
  const proxy = new Proxy(roundTripMs / 2);
  const port = proxy.listen(0, serverPort, true);
  return { hostname: HERE, port, [Symbol.asyncDispose]: () => proxy.close() };
}

const HERE = "127.0.0.2";
const THERE = "127.0.0.1";

class Proxy {
  readonly #oneWayMs: number;
  readonly #listeners = new Set<Deno.TcpListener>();
  readonly #streams = new Set<ByteStream>();
  readonly #running = new Set<Promise<void>>();

  constructor(oneWayMs: number) {
    this.#oneWayMs = oneWayMs;
  }

  /** @returns the port it listens on; data connections come once. */
  listen(port: number, target: number, isControl: boolean): number {
    const listener = Deno.listen({ hostname: HERE, port });
    this.#listeners.add(listener);
    this.#run(async () => {
      for (let taken = 0; isControl || taken < 1; taken++) {
        const conn = await acceptNext(listener);
        this.#run(() => this.#join(this.#keep(plainStream(conn)), target, isControl));
      }
      this.#listeners.delete(listener);
      listener.close();
    });
    return listener.addr.port;
  }

  async close(): Promise<void> {
    for (const each of [...this.#listeners, ...this.#streams]) each.close();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #join(near: ByteStream, target: number, isControl: boolean): Promise<void> {
    await later(this.#oneWayMs);
    const conn = await Deno.connect({ hostname: THERE, port: target });
    conn.setNoDelay(true);
    const far = this.#keep(plainStream(conn));
    try {
      await Promise.all([
        this.#carry(near, far),
        this.#carry(far, near, isControl ? (bytes) => this.#openDataPort(bytes) : undefined),
      ]);
    } finally {
      for (const stream of [near, far]) {
        this.#streams.delete(stream);
        stream.close();
      }
    }
  }

  /** Each piece arrives a while after it came; the next may come meanwhile. */
  async #carry(
    from: ByteStream,
    to: ByteStream,
    look?: (bytes: Uint8Array) => Uint8Array,
  ): Promise<void> {
    let before: Promise<void> = Promise.resolve();
    const after = (work: () => Promise<void>) => {
      const due = later(this.#oneWayMs);
      before = Promise.all([before, due]).then(work);
      before.catch(() => {});
    };
    for (;;) {
      const buffer = new Uint8Array(64 * 1024);
      const count = await from.read(buffer);
      if (count === null) break;
      const bytes = look?.(buffer.subarray(0, count)) ?? buffer.subarray(0, count);
      after(() => to.write(bytes));
    }
    after(() => to.finish());
    await before;
  }

  /** A data port that a reply names is listened on before the client hears of it. */
  #openDataPort(bytes: Uint8Array): Uint8Array {
    const text = new TextDecoder().decode(bytes);
    const [, extended] = /^229 .*\(\|\|\|(\d+)\|\)/m.exec(text) ?? [];
    const [, high, low] = /^227 .*127,0,0,1,(\d+),(\d+)/m.exec(text) ?? [];
    const port = Number(extended ?? 0) || Number(high ?? 0) * 256 + Number(low ?? 0);
    const isOpen = [...this.#listeners].some(({ addr }) => addr.port === port);
    if (port > 0 && !isOpen) this.listen(port, port, false);
    return new TextEncoder().encode(text.replace("127,0,0,1,", `${HERE.replaceAll(".", ",")},`));
  }

  #keep(stream: ByteStream): ByteStream {
    this.#streams.add(stream);
    return stream;
  }

  #run(work: () => Promise<void>): void {
    const running = work().catch((error) => {
      const isOver = isFault(error) || error instanceof Deno.errors.BadResource ||
        error instanceof Deno.errors.ConnectionRefused ||
        error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.Interrupted;
      if (!isOver) throw error;
    }).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}

/** Clients that are gone before they were accepted do not count. */
async function acceptNext(listener: Deno.TcpListener): Promise<Deno.TcpConn> {
  for (;;) {
    try {
      return await listener.accept();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotConnected)) throw error;
    }
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
