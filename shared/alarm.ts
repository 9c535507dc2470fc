// One timer for all the waits of a connection, which nearly all end long before it would ring.

import { Fault } from "./fault.ts";

/**
 * Bounds waits that follow one another, as `within` does, for those that come with every line: a timer
 * of each wait's own would cost as much as all else that is done about a short request. The timer is
 * left running when a wait ends; should it ring during a later one, it is set again for what is left.
 */
export class Alarm implements Disposable {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ringsAtMs = Infinity;
  #dueMs = Infinity;
  #stop: ((fault: Fault) => void) | undefined;

  /**
   * Waits for `work`, at most `limitMs`; one wait at a time.
   *
   * @throws Fault `timed-out` after the limit, `aborted` when interrupted first; the work's own later
   * failure is then swallowed, since nobody waits for it any more.
   */
  within<T>(work: Promise<T>, limitMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = (fault: Fault) => {
        rest();
        reject(fault);
      };
      const rest = () => {
        // Work that was given up may end in the midst of a later wait.
        if (this.#stop !== stop) return;
        this.#stop = undefined;
        this.#dueMs = Infinity;
      };
      this.#stop = stop;
      this.#set(limitMs);
      work.then((value) => {
        rest();
        resolve(value);
      }, (error) => {
        rest();
        reject(error);
      });
    });
  }

  /** Ends the wait under way, if there is one. */
  interrupt(cause: unknown): void {
    this.#stop?.(new Fault("aborted", { cause }));
  }

  /** Nothing rings any more; a wait under way is the caller's to end. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#ringsAtMs = Infinity;
    this.#dueMs = Infinity;
  }

  #set(limitMs: number): void {
    this.#dueMs = performance.now() + limitMs;
    if (this.#ringsAtMs <= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#ringsAtMs = this.#dueMs;
    this.#timer = setTimeout(() => this.#ring(), limitMs);
  }

  #ring(): void {
    this.#timer = undefined;
    this.#ringsAtMs = Infinity;
    if (this.#dueMs === Infinity) return;
    const leftMs = this.#dueMs - performance.now();
    // Timers count in whole milliseconds: what is left of one is nothing.
    if (leftMs < 1) this.#stop?.(new Fault("timed-out"));
    else this.#set(leftMs);
  }
}
