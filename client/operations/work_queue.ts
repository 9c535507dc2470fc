// What is still to be done at a server and how many connections do it: shared by the lanes of one job.

import { CommandFailure } from "../../shared/exit_code.ts";
import { Broken } from "../failure.ts";
import { isFinal } from "../failure_report.ts";
import type { WorkSource } from "./lanes.ts";
import type { OperationContext } from "./operation_context.ts";

/** A thing to do, and whether a connection was lost over it before. */
export interface Task<T> {
  readonly thing: T;
  readonly isSecondTry: boolean;
}

/** The queue: filled from a source when nobody has anything to do. */
export class WorkQueue<T> {
  isWell = true;
  readonly #source: WorkSource<T>;
  readonly #work: (context: OperationContext, thing: T) => Promise<void>;
  readonly #ready: Task<T>[] = [];
  #isOver = false;
  /** Connections at work; the last of them does whatever is left. */
  #lanes = 0;
  /** Connections being made, each for one thing that is ready. */
  #opening = 0;
  /** The source is asked by one at a time. */
  #asking: Promise<void> | undefined;
  /** Resolves when there is more to do, or no more will come. */
  #news = Promise.withResolvers<void>();

  constructor(
    source: WorkSource<T>,
    work: (context: OperationContext, thing: T) => Promise<void>,
  ) {
    this.#source = source;
    this.#work = work;
  }

  /** A lane begins. */
  enter(): void {
    this.#lanes++;
  }

  /** A lane ends, unless there is something that nobody else would do. @returns whether it may end */
  leave(): boolean {
    if (this.#ready.length > 0) return false;
    this.drop();
    return true;
  }

  /** A lane ends whatever there is: its connection is gone, or something went wrong that ends everything. */
  drop(): void {
    this.#lanes--;
    // Nobody waits for ever for what it might have found.
    if (this.#lanes === 0) this.#end();
  }

  /**
   * Makes one more connection once there is more to do than connections are being made for.
   *
   * @returns false when that will never be, or there is none to be had: the others do its share.
   */
  async open(context: OperationContext): Promise<boolean> {
    while (this.#ready.length <= this.#opening) {
      if (this.#isOver) return false;
      await this.#news.promise;
    }
    this.#opening++;
    try {
      await context.client();
      return true;
    } catch (error) {
      // The first lane lives, or tells its own failure.
      if (!(error instanceof CommandFailure) || isFinal(error)) throw error;
      return false;
    } finally {
      this.#opening--;
    }
  }

  /** The next thing, looked for over the connection where need be; `undefined` after the last. */
  async next(context: OperationContext): Promise<Task<T> | undefined> {
    while (this.#ready.length === 0 && !this.#isOver) {
      this.#asking ??= this.#ask(context).finally(() => this.#asking = undefined);
      await this.#asking;
    }
    const task = this.#ready.shift();
    // Only what is left is worth another connection.
    if (this.#ready.length > 0) this.#tell();
    return task;
  }

  /**
   * Does it. A failure is reported; what failed because the connection was lost is put back for the others.
   *
   * @returns whether the connection was lost over it.
   */
  async do(context: OperationContext, task: Task<T>): Promise<boolean> {
    const mayLeave = () => this.#lanes > 1 && !task.isSecondTry;
    try {
      await this.#work({ ...context, mayLeave }, task.thing);
      return false;
    } catch (error) {
      if (mayLeave() && isLoss(error)) {
        this.#ready.push({ thing: task.thing, isSecondTry: true });
        this.#tell();
        return true;
      }
      context.report(error);
      this.isWell = false;
      return false;
    }
  }

  /** Whether a lane whose connection was lost goes on: with another one, or because it is the last. */
  async goesOn(context: OperationContext): Promise<boolean> {
    if (this.#lanes > 1) {
      try {
        await context.reconnect();
      } catch (error) {
        if (!(error instanceof CommandFailure) || isFinal(error)) throw error;
        if (this.#lanes > 1) return false;
      }
    }
    return true;
  }

  async #ask(context: OperationContext): Promise<void> {
    const found = await this.#source.next(context);
    if (found === undefined) return this.#end();
    this.#ready.push(...found.map((thing) => ({ thing, isSecondTry: false })));
  }

  #end(): void {
    this.#isOver = true;
    this.#tell();
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

/** Whether a failure is that of the connection. */
function isLoss(error: unknown): boolean {
  return error instanceof CommandFailure && error.cause instanceof Broken;
}
