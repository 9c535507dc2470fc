// A server that stops in the middle of what it owes, because it waits for our acknowledgement.

/**
 * A server that owes a reply and has been silent for so long after the one before, milliseconds, holds it back: it
 * has Nagle's algorithm on, which waits for our acknowledgement, and our system waits 40 ms with that.
 */
const HELD_BACK_MS = 3;

/** Watches one conversation for replies that are held back. */
export class HeldReplies {
  readonly #nudge: () => void;
  /** Whether the server has spoken since we last did. */
  #hasSpoken = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param nudge sends something: it carries our acknowledgement. */
  constructor(nudge: () => void) {
    this.#nudge = nudge;
  }

  /** We have said something. */
  said(): void {
    this.#hasSpoken = false;
    this.end();
  }

  /** The server has. */
  heard(): void {
    this.#hasSpoken = true;
  }

  /** More is owed, and waited for. */
  watch(): void {
    if (this.#hasSpoken) this.#timer = setTimeout(this.#nudge, HELD_BACK_MS);
  }

  /** Nothing is waited for any more. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
