// Many things done at one server, side by side over several connections; fewer where it takes no more.

import { type Command, Option } from "commander";
import type { Parsed } from "../../shared/parsed.ts";
import { optionParser } from "../connection_flags.ts";
import { Lane } from "./lane.ts";
import type { OperationContext } from "./operation_context.ts";
import { WorkQueue } from "./work_queue.ts";

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
  /** Whether the first answer is all there is. */
  readonly isKnown?: true;
  /**
   * The next things (those of one folder), found over the connection of the one who asks; `undefined` after the last.
   */
  next(context: OperationContext): Promise<readonly T[] | undefined>;
}

/**
 * Does everything, over `connections` at most. A failure is reported and the next thing has its turn. A
 * connection that cannot be had, or had again (421), leaves its work to the others.
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
  const queue = new WorkQueue(source, work);
  const mayBranch = connections > 1 && context.lane !== undefined;
  // The login that works here is the one of all the others.
  const others = mayBranch && !(await context.client()).goesAlone ? connections - 1 : 0;
  const lanes = Array.from({ length: others }, () => context.lane!());
  const ended = await Promise.allSettled([
    new Lane(context, queue).run(),
    ...lanes.map((lane) => runBeside(lane, queue)),
  ]);
  for (const end of ended) if (end.status === "rejected") throw end.reason;
  return queue.isWell;
}

async function runBeside<T>(context: OperationContext, queue: WorkQueue<T>): Promise<void> {
  if (await queue.open(context)) await new Lane(context, queue).run();
}

/** Reads how many connections. */
export function parseConnections(text: string): Parsed<number> {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= CONNECTIONS_LIMIT
    ? { ok: true, value: count }
    : { ok: false, why: `it is a number from 1 to ${CONNECTIONS_LIMIT}` };
}
