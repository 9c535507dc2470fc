// One connection at work: the next thing begins when the one before needs it only for its proof.

import type { OperationContext } from "./operation_context.ts";
import { Turns } from "./turn.ts";
import type { Task, WorkQueue } from "./work_queue.ts";

/** Works over one connection until nothing is left to do, or the connection is lost and others go on. */
export class Lane<T> {
  readonly #context: OperationContext;
  readonly #queue: WorkQueue<T>;
  readonly #turns = new Turns();
  readonly #running = new Set<Promise<void>>();
  #isLost = false;
  #failure: { readonly why: unknown } | undefined;

  constructor(context: OperationContext, queue: WorkQueue<T>) {
    this.#context = context;
    this.#queue = queue;
  }

  /** @throws CommandFailure when there is no connection at all, or an interrupt */
  async run(): Promise<void> {
    this.#queue.enter();
    for (;;) {
      while (await this.#begin());
      await Promise.all(this.#running);
      if (this.#failure !== undefined || (this.#isLost && !await this.#isBack())) {
        this.#queue.drop();
        break;
      }
      if (this.#queue.leave()) break;
    }
    if (this.#failure !== undefined) throw this.#failure.why;
  }

  /** Begins with the next thing, when the connection is free. @returns whether there may be more for it */
  async #begin(): Promise<boolean> {
    const turn = await this.#turns.begin();
    const task = await this.#next();
    if (task === undefined) {
      turn.give();
      return false;
    }
    const doing = this.#queue.do({ ...this.#context, turn }, task)
      .then((isLost) => void (this.#isLost ||= isLost), (why) => this.#fail(why))
      .finally(() => {
        turn.give();
        this.#running.delete(doing);
      });
    this.#running.add(doing);
    return true;
  }

  async #next(): Promise<Task<T> | undefined> {
    if (this.#failure !== undefined || this.#isLost) return undefined;
    try {
      return await this.#queue.next(this.#context);
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** Whether there is a connection again, or this lane is the last and has to do without. */
  async #isBack(): Promise<boolean> {
    try {
      this.#isLost = !await this.#queue.goesOn(this.#context);
    } catch (error) {
      this.#fail(error);
    }
    return !this.#isLost;
  }

  #fail(why: unknown): void {
    this.#failure ??= { why };
  }
}
