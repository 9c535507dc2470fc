// Which of several jobs on one connection may use it: one at a time, in the order they asked.

/** One job's share of a connection. */
export interface Turn {
  /** Waits for the connection, unless it is this job's already. */
  take(): Promise<void>;
  /** Leaves the connection to the next job; what this one has still to say is short and goes in between. */
  give(): void;
}

/** The jobs of one connection. */
export class Turns {
  /** Who waits; the first of them holds the connection. */
  readonly #line: { readonly owner: Turn; readonly begin: () => void }[] = [];

  /** Waits for the connection and takes it for a new job. */
  async begin(): Promise<Turn> {
    const turn: Turn = {
      take: () => this.#take(turn),
      give: () => this.#give(turn),
    };
    await turn.take();
    return turn;
  }

  #take(owner: Turn): Promise<void> {
    if (this.#line[0]?.owner === owner) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#line.push({ owner, begin: resolve });
    this.#line[0]?.begin();
    return promise;
  }

  #give(owner: Turn): void {
    if (this.#line[0]?.owner !== owner) return;
    this.#line.shift();
    this.#line[0]?.begin();
  }
}
