// What moves files is recorded: a record from before the first byte until the last one, whatever ends the process.

import { resolve } from "node:path";
import type { Journal } from "../journal/journal.ts";
import type { RecordedItem, RecordedServer, RecordHead } from "../journal/record_format.ts";
import { isSameLogin } from "../journal/recorded_server.ts";
import { isPassing, type OpenFlight, type TransferRecord } from "../journal/transfer_record.ts";
import type { Existing, SourceFacts } from "../client.ts";
import { joinRemote } from "../remote.ts";
import type { WorkSource } from "./lanes.ts";
import type { OperationContext } from "./operation_context.ts";
import type { TransferPolicy } from "./transfer_policy.ts";
import type { TransferredFile } from "./transfer_result.ts";
import type { SourceMaker } from "./transfer_targets.ts";
import type { TransferJob } from "./tree_transfer.ts";

/** Where the transfers at one server are recorded. */
export interface Recording {
  readonly journal: Journal;
  /** The server, and who is logged in there. */
  server(user: string): RecordedServer;
  /** What remote paths count from; empty for the folder of the login. */
  readonly folder: string;
  /** What recorded paths count from that are not absolute: where the login leads; empty where that is `folder`. */
  readonly loginFolder: string;
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
  const { verify = "auto", preserve = true, limitRate, type } = policy.options;
  const head: RecordHead = {
    direction,
    server: recording.server(user ?? ""),
    items: items.map((item) => ({
      ...item,
      local: resolve(item.local),
      remote: joinRemote(recording.folder, item.remote),
    })),
    mirror,
    flags: {
      ifExists: policy.ifExists,
      verify,
      preserve,
      retries: policy.retries,
      type,
      ...(limitRate === undefined ? {} : { limitRate }),
    },
    begunMs: Date.now(),
  };
  const onTrouble = troubleTeller(context);
  let record: TransferRecord | undefined;
  try {
    record = await recording.journal.begin(head, onTrouble);
    await dropRepeated(recording.journal, head);
  } catch (error) {
    onTrouble(error);
  }
  return record;
}

/** The same command again does all that an earlier one left: there is nothing to carry on of that. */
async function dropRepeated(journal: Journal, head: RecordHead): Promise<void> {
  // By these a part that is at the server would be left as it is: it must stay known.
  const leavesParts = head.direction === "put" &&
    ["skip", "newer", "rename"].includes(head.flags.ifExists);
  for (const old of await journal.list()) {
    const isSame = old.head.direction === head.direction &&
      isSameLogin(old.head.server, head.server) &&
      JSON.stringify(old.head.mirror) === JSON.stringify(head.mirror) &&
      !(leavesParts && old.flights.size > 0) &&
      old.head.items.every((item, at) =>
        old.doneItems.has(at) ||
        head.items.some((now) =>
          now.local === item.local && now.remote === item.remote && now.isTree === item.isTree
        )
      );
    if (isSame) await journal.forget(old.id);
  }
}

/** Tells, once, that the journal cannot be kept. */
export function troubleTeller(
  { terminal }: Pick<OperationContext, "terminal">,
): (error: unknown) => void {
  let isTold = false;
  return (error) => {
    if (isTold) return;
    isTold = true;
    const why = error instanceof Error ? error.message : String(error);
    terminal.note(terminal.texts.pending.noJournal(why));
  };
}

/**
 * A source whose work belongs to one item of a record: that is done when all of it arrived, or failed for good. A job
 * may be run again after a lost connection.
 */
export function recordedItem(
  make: (lane: OperationContext) => WorkSource<TransferJob> | Promise<WorkSource<TransferJob>>,
  record: TransferRecord | undefined,
  item: number,
): SourceMaker {
  if (record === undefined) return async (lane) => await make(lane);
  let isFound: boolean = false;
  let open = 0;
  const settle = () => {
    if (isFound && open === 0) record.itemDone(item);
  };
  const under = (lane: OperationContext): OperationContext => ({
    ...lane,
    record,
    report: (failure) => {
      // A folder that was not looked into is open for good.
      if (isPassing(failure)) open++;
      lane.report(failure);
    },
  });
  const finding = async <R>(work: () => R | Promise<R>): Promise<R> => {
    try {
      return await work();
    } catch (failure) {
      if (isPassing(failure)) open++;
      isFound = true;
      settle();
      throw failure;
    }
  };
  const recorded = (job: TransferJob): TransferJob => {
    let isOver = false;
    const over = () => {
      if (!isOver) open--;
      isOver = true;
      settle();
    };
    return async (lane) => {
      try {
        await job(under(lane));
      } catch (failure) {
        if (!isPassing(failure)) over();
        throw failure;
      }
      over();
    };
  };
  return async (lane) => {
    const source = await finding(() => make(under(lane)));
    const { isKnown } = source;
    return {
      ...(isKnown && { isKnown }),
      next: async (lane) => {
        const jobs = await finding(() => source.next(under(lane)));
        open += jobs?.length ?? 0;
        isFound = isKnown || jobs === undefined;
        settle();
        return jobs?.map(recorded);
      },
    };
  };
}

/** Whether a file of a folder was on its way already: its own job carries it on, and no policy judges its part. */
export function isCarriedOnAlone(
  { record, recording }: OperationContext,
  { command, local, remote }: TransferredFile,
): boolean {
  const folder = recording?.loginFolder ?? "";
  return [...record?.inherited.values() ?? []].some((flight) =>
    command === "get" ? joinRemote(folder, flight.remote) === remote : flight.local === local
  );
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
