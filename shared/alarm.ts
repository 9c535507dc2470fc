// One timer for all the waits of a connection, which nearly all end long before it would ring.

import { Fault } from "./fault.ts";
import { LazyTimer } from "./lazy_timer.ts";

/**
 * Bounds waits that follow one another, as `within` does, for those that come with every line or file: a
 * timer of each wait's own would cost as much as all else that is done about a short request.
 */
export class Alarm implements Disposable {
  readonly #timer = new LazyTimer(() => this.stop(new Fault("timed-out")));
  #limitMs = 0;
  /** Ends the wait under way without its work. */
  #stop: ((error: unknown) => void) | undefined;
  #isOver = false;

  /**
   * Waits for `work`, at most `limitMs`; one wait at a time.
   *
   * @throws Fault `timed-out` after the limit, `aborted` when interrupted, or when the signal fires first;
   * the work's own later failure is then swallowed, since nobody waits for it any more.
   */
  within<T>(work: Promise<T>, limitMs: number, signal?: AbortSignal): Promise<T> {
    if (this.#stop !== undefined) {
      work.catch(() => {});
      throw new Error("one wait at a time");
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => this.interrupt(signal?.reason);
      const stop = (error: unknown) => {
        rest();
        reject(error);
      };
      const rest = () => {
        // Work that was given up may end in the midst of a later wait.
        if (this.#stop !== stop) return;
        this.#stop = undefined;
        this.#timer.silence();
        signal?.removeEventListener("abort", onAbort);
      };
      this.#stop = stop;
      work.then((value) => {
        rest();
        resolve(value);
      }, stop);
      if (this.#isOver || signal?.aborted) return onAbort();
      this.#limitMs = limitMs;
      this.#timer.set(limitMs);
      signal?.addEventListener("abort", onAbort);
    });
  }

  /** Something moved: the limit of the wait under way begins anew. */
  renew(): void {
    if (this.#stop !== undefined) this.#timer.set(this.#limitMs);
  }

  /** Ends the wait under way, if there is one, with an `aborted` fault. */
  interrupt(cause: unknown): void {
    if (this.#stop !== undefined) this.stop(new Fault("aborted", { cause }));
  }

  /** Ends the wait under way, if there is one: it rejects with `error`. */
  stop(error: unknown): void {
    this.#stop?.(error);
  }

  /** Ends the wait under way, and every later one: nothing rings any more. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.interrupt("disposed");
    this.#timer[Symbol.dispose]();
  }
}
