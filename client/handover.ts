// Values on their way from the task that makes them to the one that takes them.

import { Fault } from "../shared/fault.ts";

/**
 * A short queue between two tasks: whoever makes more than it holds waits for whoever takes them. The platform's
 * streams do the same, and take longer to be loaded than a folder takes to be listed.
 */
export class Handover<T extends object> implements AsyncIterable<T> {
  readonly #limit: number;
  readonly #values: T[] = [];
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  /** Resolves at the next change; both sides wait for it. */
  #change = Promise.withResolvers<void>();

  /** @param limit how many values wait at most. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a value once there is room. @throws Fault `aborted` when nobody takes any more */
  async put(value: T): Promise<void> {
    while (this.#values.length >= this.#limit && !this.#isOver) await this.#change.promise;
    if (this.#isOver) throw new Fault("aborted");
    this.#values.push(value);
    this.#tell();
  }

  /** Nothing more comes, or is taken; what waits still may be. */
  end(): void {
    this.#isOver = true;
    this.#tell();
  }

  /** Nothing more comes: who takes is told why, after what waits. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      const value = this.#values.shift();
      if (value !== undefined) {
        this.#tell();
        yield value;
      } else if (this.#failure !== undefined) throw this.#failure.error;
      else if (this.#isOver) return;
      else await this.#change.promise;
    }
  }

  #tell(): void {
    const { resolve } = this.#change;
    this.#change = Promise.withResolvers<void>();
    resolve();
  }
}
