// A ByteStream over a socket of node's: TCP from a chosen local address, TLS over any connection.

import type { Duplex } from "node:stream";
import type { ByteStream } from "./byte_stream.ts";
import type { Endpoint } from "./endpoint.ts";
import { Fault } from "./fault.ts";
import { connectionFault } from "./plain_stream.ts";

/** What the stream cannot learn from the socket itself. */
export interface SocketFacts {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Whether TLS protects the bytes. */
  readonly secure: boolean;
  /**
   * Told `true` when enough is queued unread and `false` when there is room again, so that nothing
   * more is read from the network meanwhile.
   */
  readonly hold: (full: boolean) => void;
}

/** Above this no more is read: two large reads of node's, so that one can be taken and one arrive. */
const QUEUE_LIMIT_BYTES = 128 * 1024;

/** A connected socket as a stream; it owns the socket, which must have been made `allowHalfOpen`. */
export class SocketStream implements ByteStream {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly secure: boolean;
  readonly #socket: Duplex;
  readonly #hold: (full: boolean) => void;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #ended = false;
  #failure: Fault | undefined;
  #closed = false;
  /** Those who wait for something to happen to the socket. */
  readonly #waiting = new Set<() => void>();

  constructor(socket: Duplex, facts: SocketFacts) {
    this.#socket = socket;
    this.local = facts.local;
    this.remote = facts.remote;
    this.secure = facts.secure;
    this.#hold = facts.hold;
    socket.on("data", (bytes: Uint8Array) => this.#take(bytes));
    socket.on("end", () => this.#happen(() => this.#ended = true));
    socket.on("error", (error) => this.fail(connectionFault(error)));
    socket.on("close", () => this.fail(new Fault("truncated")));
  }

  /** Why nothing can be written any more, and nothing read beyond what is queued. */
  get failure(): Fault | undefined {
    return this.#closed ? new Fault("aborted") : this.#failure;
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#queuedBytes === 0) {
      if (this.#closed) throw new Fault("aborted");
      if (this.#ended) return null;
      if (this.#failure !== undefined) throw this.#failure;
      await this.#somethingHappens();
    }
    if (this.#closed) throw new Fault("aborted");
    return this.#deliver(into);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#settled((done) => this.#socket.write(bytes, done));
  }

  async finish(): Promise<void> {
    if (this.#socket.writableFinished) return;
    await this.#settled((done) => this.#socket.end(done));
  }

  close(): void {
    if (this.#closed) return;
    this.#happen(() => this.#closed = true);
    this.#socket.destroy();
  }

  /** Makes reads and writes reject from now on; the first cause is the one told. */
  fail(failure: Fault): void {
    this.#happen(() => this.#failure ??= failure);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #take(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    const before = this.#queuedBytes;
    this.#happen(() => this.#queuedBytes += bytes.length);
    if (before < QUEUE_LIMIT_BYTES && this.#queuedBytes >= QUEUE_LIMIT_BYTES) this.#hold(true);
  }

  #deliver(into: Uint8Array): number {
    let filled = 0;
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      const room = into.length - filled;
      if (room === 0) break;
      into.set(head.length <= room ? head : head.subarray(0, room), filled);
      filled += Math.min(room, head.length);
      if (head.length <= room) this.#queue.shift();
      else this.#queue[0] = head.subarray(room);
    }
    const before = this.#queuedBytes;
    this.#queuedBytes -= filled;
    if (before >= QUEUE_LIMIT_BYTES && this.#queuedBytes < QUEUE_LIMIT_BYTES) this.#hold(false);
    return filled;
  }

  /** Starts something that calls back, and waits for that or for the end of the socket. */
  async #settled(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    let outcome: { readonly error: Error | null | undefined } | undefined;
    start((error) => this.#happen(() => outcome = { error }));
    while (outcome === undefined) {
      if (this.failure !== undefined) throw this.failure;
      await this.#somethingHappens();
    }
    if (outcome.error) throw this.failure ?? connectionFault(outcome.error);
  }

  #somethingHappens(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #happen(change: () => void): void {
    change();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
