// Bounds the password hashes under way: each takes a core and 32 MiB, and strangers can ask for them.

import { Fault } from "../../shared/fault.ts";

/** How many may run, and how many more may wait. */
export interface HashQueueLimits {
  readonly running: number;
  readonly waiting: number;
}

/** Two a worker keep logins flowing; whoever comes when 500 wait would time out before its turn. */
const STANDARD_LIMITS: HashQueueLimits = { running: 2, waiting: 500 };

/** First come, first served. */
export class HashQueue {
  readonly #limits: HashQueueLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: HashQueueLimits = STANDARD_LIMITS) {
    this.#limits = limits;
  }

  /**
   * Does the job when it is its turn.
   *
   * @throws Fault `limit-reached` at once when too many wait already.
   */
  async run<T>(job: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await job();
    } finally {
      const next = this.#waiting.shift();
      // The place passes on: the count stays.
      if (next === undefined) this.#running--;
      else next();
    }
  }

  #turn(): Promise<void> {
    if (this.#running < this.#limits.running) {
      this.#running++;
      return Promise.resolve();
    }
    if (this.#waiting.length >= this.#limits.waiting) {
      return Promise.reject(new Fault("limit-reached"));
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
