// What moves files is recorded: a record from before the first byte until the last one, whatever ends the process.

import { resolve } from "node:path";
import type { Journal } from "../journal/journal.ts";
import type { RecordedItem, RecordedServer, RecordHead } from "../journal/record_format.ts";
import { isPassing, type OpenFlight, type TransferRecord } from "../journal/transfer_record.ts";
import type { Existing, SourceFacts } from "../client.ts";
import { joinRemote } from "../remote.ts";
import type { WorkSource } from "./lanes.ts";
import type { OperationContext } from "./operation_context.ts";
import type { TransferPolicy } from "./transfer_policy.ts";
import type { TransferredFile } from "./transfer_result.ts";
import type { TransferJob } from "./tree_transfer.ts";

/** Where the transfers at one server are recorded. */
export interface Recording {
  readonly journal: Journal;
  /** The server, and who is logged in there. */
  server(user: string): RecordedServer;
  /** What remote paths count from; empty for the folder of the login. */
  readonly folder: string;
}

/** What is about to be moved. */
export interface RecordedWork {
  readonly direction: "get" | "put";
  readonly items: readonly RecordedItem[];
  readonly policy: TransferPolicy;
  readonly mirror?: RecordHead["mirror"];
}

/**
 * Begins a record of work at the context's server. Where none can be kept the work goes on without: `undefined`.
 *
 * @throws CommandFailure when there is no connection, since then nothing begins
 */
export async function beginRecord(
  context: OperationContext,
  { direction, items, policy, mirror }: RecordedWork,
): Promise<TransferRecord | undefined> {
  const { recording } = context;
  if (recording === undefined || items.length === 0) return undefined;
  const { user } = await context.client();
  const head: RecordHead = {
    direction,
    server: recording.server(user ?? ""),
    items: items.map((item) => ({
      ...item,
      local: resolve(item.local),
      remote: joinRemote(recording.folder, item.remote),
    })),
    mirror,
    policy,
    begunMs: Date.now(),
  };
  try {
    return await recording.journal.begin(head, troubleTeller(context));
  } catch (error) {
    troubleTeller(context)(error);
    return undefined;
  }
}

/** Tells, once, that the journal cannot be kept. */
export function troubleTeller({ terminal }: OperationContext): (error: unknown) => void {
  let isTold = false;
  return (error) => {
    if (isTold) return;
    isTold = true;
    const why = error instanceof Error ? error.message : String(error);
    terminal.note(terminal.texts.pending.noJournal(why));
  };
}

/** A source whose work belongs to one item of a record: that is done when all of it arrived, or failed for good. */
export function recordedItem<T extends WorkSource<TransferJob>>(
  make: (lane: OperationContext) => Promise<T> | T,
  record: TransferRecord | undefined,
  item: number,
): (lane: OperationContext) => Promise<WorkSource<TransferJob>> {
  if (record === undefined) return async (lane) => await make(lane);
  let isOver = false;
  let isWell = true;
  let open = 0;
  const note = (failure: unknown) => {
    if (isPassing(failure)) isWell = false;
  };
  const settle = () => {
    if (isOver && isWell && open === 0) record.itemDone(item);
  };
  const under = (lane: OperationContext): OperationContext => ({
    ...lane,
    record,
    report: (failure) => {
      note(failure);
      lane.report(failure);
    },
  });
  const finding = async <R>(work: () => Promise<R> | R): Promise<R> => {
    try {
      return await work();
    } catch (failure) {
      note(failure);
      isOver = true;
      settle();
      throw failure;
    }
  };
  const recorded = (job: TransferJob): TransferJob => async (lane) => {
    try {
      await job(under(lane));
    } catch (failure) {
      note(failure);
      throw failure;
    } finally {
      open--;
      settle();
    }
  };
  return async (lane) => {
    const source = await finding(() => make(under(lane)));
    return {
      next: async (lane) => {
        const jobs = await finding(() => source.next(under(lane)));
        open += jobs?.length ?? 0;
        isOver = jobs === undefined;
        settle();
        return jobs?.map(recorded);
      },
    };
  };
}

/** A transfer under way, as the record of its command sees it. */
export interface WatchedTransfer {
  /** For the transfer's options. */
  readonly onSource: (facts: SourceFacts) => void;
  /** It is over; `failure` is left out when it arrived. */
  over(failure?: unknown): void;
}

/** Writes a file's way into the context's record, from its first byte on; standard input and output are in none. */
export function watchTransfer(
  { record, recording }: OperationContext,
  { local, remote }: TransferredFile,
  existing: Existing,
): WatchedTransfer {
  let flight: OpenFlight | undefined;
  return {
    onSource: (facts) => {
      if (flight !== undefined) return flight.learned(facts);
      const folder = recording?.folder ?? "";
      const paths = { local: resolve(local), remote: joinRemote(folder, remote) };
      flight = record?.begins({ ...paths, existing, ...facts });
    },
    over: (failure) => {
      if (failure === undefined || !isPassing(failure)) flight?.ended();
    },
  };
}
