// What an operation (list, remove, transfer …) sees of the command or the shell that runs it.

import type { ByteSink } from "../../shared/byte_stream.ts";
import type { Client } from "../client.ts";
import { type Attempt, failureOf } from "../failure_report.ts";
import type { TransferRecord } from "../journal/transfer_record.ts";
import type { ProgressDisplay } from "../progress.ts";
import type { Terminal } from "../terminal.ts";
import type { Turn } from "./turn.ts";
import type { Recording } from "./recording.ts";

/** A result for scripts: documented in docs/json.md. */
export type JsonRecord = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** One server as an operation reaches it, and the person or script it works for. */
export interface OperationContext {
  readonly terminal: Terminal;
  readonly progress: ProgressDisplay;
  /** Standard output, for the content of files. */
  readonly output: ByteSink;
  /** Stops the operation: Ctrl-C. */
  readonly signal: AbortSignal;
  /** `HOST[:PORT]` of the server, for people. */
  readonly label: string;
  /** Whether results are JSON objects. */
  readonly json: boolean;
  /** The client, logged in; a new one when the last was lost. @throws CommandFailure, the same for ever once it cannot be opened */
  client(): Promise<Client>;
  /** The same, but its failure is not the last word: the server may be back a moment later. @throws CommandFailure */
  reconnect(): Promise<Client>;
  /** The same server over a connection of its own, for work side by side; left out where there is one only. */
  readonly lane?: () => OperationContext;
  /** Where transfers are recorded; left out where they are not. */
  readonly recording?: Recording;
  /** What the work at hand is recorded in. */
  readonly record?: TransferRecord | undefined;
  /** The connection's turn, where other jobs of the same connection wait for theirs. */
  readonly turn?: Turn;
  /** Whether work whose connection was lost is better done by others, over theirs. */
  readonly mayLeave?: () => boolean;
  /** Prints a result: the object with `--json`, else the lines, on standard output. */
  print(record: JsonRecord, ...lines: string[]): void;
  /** Reports a failure and lets the operation go on; throws on what is none: an interrupt, a bug. */
  report(failure: unknown): void;
}

/** Runs `work`; what it throws becomes a failure of this attempt. @throws CommandFailure */
export async function attempt<T>(about: Attempt | string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error, typeof about === "string" ? { tried: about } : about);
  }
}

/**
 * Does something with each of several things: a failure is reported, and the next one has its turn.
 *
 * @returns whether all went well.
 */
export async function forEach<T>(
  context: Pick<OperationContext, "report">,
  things: Iterable<T> | AsyncIterable<T>,
  work: (thing: T) => Promise<void>,
): Promise<boolean> {
  let allWell = true;
  for await (const thing of things) {
    try {
      await work(thing);
    } catch (error) {
      context.report(error);
      allWell = false;
    }
  }
  return allWell;
}

/** A path in messages; the login directory has a name there too. */
export function shown(path: string): string {
  return `"${path === "" ? "." : path}"`;
}

/** A time in JSON: `2025-01-31T12:00:00Z`, or null where the server did not tell. */
export function jsonTime(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}
