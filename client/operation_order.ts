// Whose turn it is on one connection: one operation at a time, except that small transfers' proofs may follow.

import type { TransferOptions } from "./client.ts";

/** The order of one connection's operations. */
export class OperationOrder {
  #isTaken = false;
  #tail: Promise<void> = Promise.resolve();

  /** Whether an operation runs. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /**
   * Ends when no transfer that handed the connection over has requests to make any more; never rejects. What must
   * not be interrupted by a foreign request (REST and its transfer, RANG and its HASH) waits for it, before it hands
   * the connection over itself.
   */
  get tail(): Promise<void> {
    return this.#tail;
  }

  /** Takes the connection. @throws Error when it is taken */
  take(): void {
    if (this.#isTaken) throw new Error("a connection does one thing at a time");
    this.#isTaken = true;
  }

  /** Gives it back. */
  give(): void {
    this.#isTaken = false;
  }

  /** Runs an operation that shares the connection with nothing. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    this.take();
    try {
      await this.#tail;
      return await work();
    } finally {
      this.give();
    }
  }

  /** Runs a transfer, which may hand the connection over to the next one before it has ended. */
  overlapping<O extends TransferOptions, T>(
    options: O,
    work: (options: O) => Promise<T>,
  ): Promise<T> {
    const { onHandOver } = options;
    if (onHandOver === undefined) return this.alone(() => work(options));
    this.take();
    let isHandedOver = false;
    const handOver = () => {
      if (isHandedOver) return;
      isHandedOver = true;
      this.#tail = Promise.allSettled([this.#tail, running]).then(() => {});
      this.give();
      onHandOver();
    };
    const running = work({ ...options, onHandOver: handOver }).finally(() => {
      if (!isHandedOver) this.give();
    });
    return running;
  }
}
