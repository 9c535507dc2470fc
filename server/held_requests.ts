// Requests that came while a transfer runs and wait for its end, in order, a bounded number of them.

import type { LineEvent } from "../shared/line_reader.ts";

/** So many are kept; then nothing more is read, and TCP holds the peer back. */
const HELD_LIMIT = 16;

/** The waiting requests of one session. */
export class HeldRequests {
  readonly #events: LineEvent[] = [];
  #endsWithLast = false;

  /** Whether nothing more may be read: there are enough, or one after which nothing is read. */
  get isClosed(): boolean {
    return this.#events.length >= HELD_LIMIT || this.#endsWithLast;
  }

  /** Keeps a request; `isLast` for one that ends the session or changes what carries it. */
  hold(event: LineEvent, isLast: boolean): void {
    this.#events.push(event);
    this.#endsWithLast = isLast;
  }

  /** The oldest, which waits no longer. */
  take(): LineEvent | undefined {
    const event = this.#events.shift();
    if (this.#events.length === 0) this.#endsWithLast = false;
    return event;
  }

  /** Forgets them all. */
  clear(): void {
    this.#events.length = 0;
    this.#endsWithLast = false;
  }
}
