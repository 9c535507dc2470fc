// One request and its replies: what a conversation waits for.

import type { Reply } from "../shared/reply.ts";
import type { Broken } from "./failure.ts";

/** A request that is on its way: its replies, of which a transfer has two. */
export interface Exchange {
  /** The line as it may be shown. */
  readonly command: string;
  /** The first reply, preliminary or not. */
  readonly first: Promise<Reply>;
  /** The reply that ends it. */
  readonly final: Promise<Reply>;
  /** Resolves when every request before it has been answered: only then its own reply is due. */
  readonly turn: Promise<void>;
}

/** A request whose replies have not all come; the conversation tells it what happens. */
export class Waiting implements Exchange {
  readonly #first = Promise.withResolvers<Reply>();
  readonly #final = Promise.withResolvers<Reply>();
  readonly #turn = Promise.withResolvers<void>();
  #hasBegun = false;

  /** @param isAside whether it may be answered in the middle of a transfer, out of its turn. */
  constructor(readonly command: string, readonly isAside = false) {
    // Not every caller waits for both.
    this.#first.promise.catch(() => {});
    this.#final.promise.catch(() => {});
  }

  get first(): Promise<Reply> {
    return this.#first.promise;
  }

  get final(): Promise<Reply> {
    return this.#final.promise;
  }

  get turn(): Promise<void> {
    return this.#turn.promise;
  }

  /** Whether a preliminary reply came: a transfer runs. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** It is the oldest that has no answer. */
  come(): void {
    this.#turn.resolve();
  }

  /** A preliminary reply came (1yz): another one ends it. */
  begin(answer: Reply): void {
    this.#hasBegun = true;
    this.#first.resolve(answer);
  }

  /** The reply came that ends it. */
  end(answer: Reply): void {
    this.#first.resolve(answer);
    this.#final.resolve(answer);
  }

  /** No reply will come any more. */
  fail(reason: Broken): void {
    this.#first.reject(reason);
    this.#final.reject(reason);
    this.#turn.resolve();
  }
}
