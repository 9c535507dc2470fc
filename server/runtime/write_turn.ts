// Whose turn it is, among the threads of one process, to write to the store they share.

/** As long as a write of the store may take when the machine is busy; who held the turn may have died. */
const PATIENCE_MS = 20;

/** Nobody writes. */
const FREE = 0;
/** Somebody writes. */
const TAKEN = 1;
/** Somebody writes, and others may be waiting. */
const AWAITED = 2;

/** What the threads share: one number. */
export function writeTurnMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/**
 * A courtesy, not a lock that anything relies on: SQLite has its own, but who finds that one taken
 * sleeps for a millisecond and more, where a write takes ten microseconds. So threads let each other
 * know when they are done. Other processes know nothing of it, and a thread that dies in its turn
 * holds the others up once, for {@linkcode PATIENCE_MS}: then SQLite's lock decides.
 */
export class WriteTurn {
  readonly #state: Int32Array;
  readonly #patienceMs: number;

  /** @param memory as {@linkcode writeTurnMemory} makes it, the same for all threads; a lone one needs none. */
  constructor(memory: SharedArrayBuffer = writeTurnMemory(), patienceMs = PATIENCE_MS) {
    this.#state = new Int32Array(memory);
    this.#patienceMs = patienceMs;
  }

  /** Runs `work` when it is this thread's turn, or when waiting for that has lasted long enough. */
  take<T>(work: () => T): T {
    if (Atomics.compareExchange(this.#state, 0, FREE, TAKEN) !== FREE) this.#wait();
    try {
      return work();
    } finally {
      if (Atomics.exchange(this.#state, 0, FREE) === AWAITED) Atomics.notify(this.#state, 0, 1);
    }
  }

  /** Whoever waited leaves it marked as awaited: it cannot know whether it was the last who did. */
  #wait(): void {
    const untilMs = performance.now() + this.#patienceMs;
    while (Atomics.exchange(this.#state, 0, AWAITED) !== FREE) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return;
      Atomics.wait(this.#state, 0, AWAITED, leftMs);
    }
  }
}
