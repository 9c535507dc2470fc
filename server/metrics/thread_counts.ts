// The counts of all threads together, those of dead ones too: what was counted never shrinks.

import { within } from "../../shared/deadline.ts";
import { type Counts, NO_COUNTS, sumOf } from "./event_counts.ts";

/** A thread that counts. */
export interface CountingThread {
  counts(): Promise<Counts>;
}

/** What all threads of a server have counted. */
export interface ServerCounts {
  readonly counts: Counts;
  /** Of threads that live: what a dead one began it did not end. */
  readonly sessions: number;
}

/** A thread that does not answer by then is told of as it was the last time. */
const ANSWER_LIMIT_MS = 1000;

/** Asks the threads, and remembers what they said. */
export class ThreadCounts {
  #past: Counts = NO_COUNTS;
  readonly #last = new Map<CountingThread, Counts>();

  /** @param threads those that live. */
  async ask(threads: readonly CountingThread[]): Promise<ServerCounts> {
    await Promise.all(threads.map(async (thread) => {
      const limitMs = ANSWER_LIMIT_MS;
      const counts = await within(thread.counts(), { limitMs }).catch(() => undefined);
      if (counts !== undefined) this.#last.set(thread, counts);
    }));
    for (const [thread, counts] of this.#last) {
      if (threads.includes(thread)) continue;
      this.#past = sumOf(this.#past, counts);
      this.#last.delete(thread);
    }
    const living = [...this.#last.values()].reduce(sumOf, NO_COUNTS);
    return {
      counts: sumOf(this.#past, living),
      sessions: living.sessionsBegun - living.sessionsEnded,
    };
  }
}
