// Many things done at one server, side by side over several connections; fewer where it takes no more.

import { type Command, Option } from "commander";
import { CommandFailure } from "../../shared/exit_code.ts";
import type { Parsed } from "../../shared/parsed.ts";
import { optionParser } from "../connection_flags.ts";
import { isFinal } from "../failure_report.ts";
import type { OperationContext } from "./operation_context.ts";

/** Servers that allow more from one address are few, and no line is that long. */
const CONNECTIONS_LIMIT = 64;

/** The flag as commander hands it to an action. */
export interface ConnectionsFlag {
  readonly connections: number;
}

/** Adds `-j`. */
export function addConnectionsFlag(command: Command, usual: number): Command {
  return command.addOption(
    new Option("-j, --connections <n>", "how many files at once, each over a connection of its own")
      .argParser(optionParser(parseConnections)).default(usual),
  );
}

/** Where things to do come from: asked only when nobody has anything to do, so that what waits is bounded. */
export interface WorkSource<T> {
  /**
   * The next things (those of one folder), found over the connection of the one who asks; `undefined` after the last.
   */
  next(context: OperationContext): Promise<readonly T[] | undefined>;
}

/**
 * Does everything, over `connections` at most. A failure is reported and the next thing has its turn. A further
 * connection that cannot be had (421) leaves its work to the others.
 *
 * @returns whether all went well.
 * @throws CommandFailure when there is no connection at all, or an interrupt
 */
export async function workThrough<T>(
  context: OperationContext,
  source: WorkSource<T>,
  connections: number,
  work: (context: OperationContext, thing: T) => Promise<void>,
): Promise<boolean> {
  const job = new Job(source, work);
  const mayBranch = connections > 1 && context.lane !== undefined;
  // The login that works here is the one of all the others.
  const others = mayBranch && !(await context.client()).goesAlone ? connections - 1 : 0;
  const lanes = Array.from({ length: others }, () => context.lane!());
  const ended = await Promise.allSettled([
    job.runOn(context),
    ...lanes.map((lane) => job.runBeside(lane)),
  ]);
  for (const end of ended) if (end.status === "rejected") throw end.reason;
  return job.isWell;
}

class Job<T> {
  isWell = true;
  readonly #source: WorkSource<T>;
  readonly #work: (context: OperationContext, thing: T) => Promise<void>;
  readonly #ready: T[] = [];
  #isOver = false;
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

  async runOn(context: OperationContext): Promise<void> {
    try {
      while (await this.#hasWork(context)) {
        const thing = this.#ready.shift();
        if (thing !== undefined) await this.#do(context, thing);
      }
    } finally {
      // Whatever ended this lane: nobody waits for ever for what it might have found.
      if (this.#asking === undefined && this.#ready.length === 0) this.#end();
    }
  }

  /** The same on a connection that may not come about, and is made when there is work for it. */
  async runBeside(context: OperationContext): Promise<void> {
    while (this.#ready.length === 0) {
      if (this.#isOver) return;
      await this.#news.promise;
    }
    try {
      await context.client();
    } catch (error) {
      // Its share is done by the others: the first one lives, or tells its own failure.
      if (!(error instanceof CommandFailure) || isFinal(error)) throw error;
      return;
    }
    await this.runOn(context);
  }

  /** Whether anything is ready, looked for where need be. */
  async #hasWork(context: OperationContext): Promise<boolean> {
    while (this.#ready.length === 0 && !this.#isOver) {
      this.#asking ??= this.#ask(context).finally(() => this.#asking = undefined);
      await this.#asking;
    }
    return this.#ready.length > 0;
  }

  async #ask(context: OperationContext): Promise<void> {
    const found = await this.#source.next(context);
    if (found === undefined) return this.#end();
    this.#ready.push(...found);
    this.#tell();
  }

  #end(): void {
    this.#isOver = true;
    this.#tell();
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  async #do(context: OperationContext, thing: T): Promise<void> {
    try {
      await this.#work(context, thing);
    } catch (error) {
      context.report(error);
      this.isWell = false;
    }
  }
}

/** Reads how many connections. */
export function parseConnections(text: string): Parsed<number> {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= CONNECTIONS_LIMIT
    ? { ok: true, value: count }
    : { ok: false, why: `it is a number from 1 to ${CONNECTIONS_LIMIT}` };
}
