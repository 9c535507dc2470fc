// Which request a reply belongs to: the oldest, except for what a server says to NOOP while a transfer runs.

import { type Reply, replyClass } from "../shared/reply.ts";
import { type Exchange, Waiting } from "./exchange.ts";
import type { Broken } from "./failure.ts";

/** What NOOP is answered with, also where it is not heard during a transfer; 200 ends none that has begun. */
const ASIDE_CODES: ReadonlySet<number> = new Set([200, 500, 502, 503]);

/** The requests of one conversation that have no final reply yet, oldest first. */
export class PendingReplies {
  readonly #waiting: Waiting[] = [];
  /** The first refusal that a NOOP was given during the transfer that runs. */
  #doubtful: Reply | undefined;

  /** How many there are. */
  get count(): number {
    return this.#waiting.length;
  }

  /** How many of them may be answered out of their turn. */
  get asides(): number {
    return this.#waiting.filter(({ isAside }) => isAside).length;
  }

  /** A request is on its way. @param isAside whether it may be answered in the middle of a transfer, out of its turn */
  add(command: string, isAside: boolean): Exchange {
    const waiting = new Waiting(command, isAside);
    this.#waiting.push(waiting);
    this.#waiting[0]?.come();
    return waiting;
  }

  /** Gives a reply to the request whose it is; one that nobody waits for is dropped. */
  take(answer: Reply): void {
    const at = this.#whoseIs(answer);
    const waiting = this.#waiting[at];
    if (waiting === undefined) return;
    if (replyClass(answer) === "preliminary") return waiting.begin(answer);
    this.#waiting.splice(at, 1);
    if (at > 0) {
      if (answer.code !== 200) this.#doubtful ??= answer;
      return waiting.end(answer);
    }
    waiting.end(waiting.hasBegun ? this.#endOfTransfer(answer) : answer);
    this.#doubtful = undefined;
    this.#waiting[0]?.come();
  }

  /** No reply will come any more. */
  fail(reason: Broken): void {
    for (const waiting of this.#waiting.splice(0)) waiting.fail(reason);
  }

  /** The oldest's, except for what cannot be the end of a transfer that runs. */
  #whoseIs({ code }: Reply): number {
    if (!this.#waiting[0]?.hasBegun || !ASIDE_CODES.has(code)) return 0;
    return Math.max(this.#waiting.findIndex(({ isAside }) => isAside), 0);
  }

  /**
   * A transfer may end with what a NOOP is refused with, and was given to one then. The answer to NOOP that no NOOP
   * waits for tells: replies came in order (RFC 959, 5.4), and the first of them was the transfer's.
   */
  #endOfTransfer(answer: Reply): Reply {
    return ASIDE_CODES.has(answer.code) ? this.#doubtful ?? answer : answer;
  }
}
