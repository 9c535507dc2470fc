// A timer that is set anew all the time and fires almost never.

/**
 * Timers count in whole milliseconds: times so close are one. Whoever sets one for the same moment again
 * and again, by a clock that counts so too, means the same each time.
 */
const ALIKE_MS = 1;

/**
 * Rings once what it was set for is over, unless it was set anew or silenced before. Setting it is an
 * assignment: the host's timer goes on from an earlier setting and, when it fires, is set for what is left.
 */
export class LazyTimer implements Disposable {
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the host's timer fires. */
  #firesAtMs = Infinity;
  #dueMs = Infinity;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** It rings after `ms`, and not when it was to ring before. */
  set(ms: number): void {
    this.#dueMs = performance.now() + ms;
    if (this.#firesAtMs <= this.#dueMs + ALIKE_MS) return;
    clearTimeout(this.#timer);
    this.#firesAtMs = this.#dueMs;
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  /** It does not ring until it is set again. */
  silence(): void {
    this.#dueMs = Infinity;
  }

  /** Silences it, and ends the host's timer too. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#firesAtMs = Infinity;
    this.#dueMs = Infinity;
  }

  #look(): void {
    this.#timer = undefined;
    this.#firesAtMs = Infinity;
    if (this.#dueMs === Infinity) return;
    const leftMs = this.#dueMs - performance.now();
    if (leftMs >= ALIKE_MS) return this.set(leftMs);
    this.silence();
    this.#ring();
  }
}
