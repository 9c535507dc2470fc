// Work that the journal kept, carried on: files that were on their way first, then what had not begun.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { AlreadyThere } from "../failure.ts";
import type { Flight, RecordedItem, RecordHead } from "../journal/record_format.ts";
import { isPassing, type TransferRecord } from "../journal/transfer_record.ts";
import { joinRemote } from "../remote.ts";
import { getFile, putFile } from "./file_transfer.ts";
import type { WorkSource } from "./lanes.ts";
import { localFacts } from "./local_files.ts";
import { mirrorMoves } from "./mirror.ts";
import { jsonTime, type OperationContext } from "./operation_context.ts";
import { recordedItem } from "./recording.ts";
import { entryAt } from "./remote_names.ts";
import { type TransferPolicy, transferPolicy } from "./transfer_policy.ts";
import { sizeIn } from "./transfer_result.ts";
import { jobs, type SourceMaker } from "./transfer_targets.ts";
import { Downloads, type TransferJob, Uploads } from "./tree_transfer.ts";

/** A source that is another file now: carrying on would mix the two. */
class SourceChanged extends CommandFailure {}

/** Everything of a record that is not done, in the order it is to be done. */
export function sourcesOf(
  record: TransferRecord,
  { terminal, recording }: OperationContext,
): SourceMaker[] {
  const { direction, items, flags } = record.head;
  const { ifExists, type, ...others } = flags;
  const asFlagged = transferPolicy(
    { ...others, ifExists: ifExists === "ask" && !terminal.canAsk ? "resume" : ifExists },
    terminal,
  );
  const policy: TransferPolicy = {
    ...asFlagged,
    options: { ...asFlagged.options, ...(type === undefined ? {} : { type }) },
    isCarriedOn: ifExists !== "resume",
  };
  const placed = <T extends { readonly remote: string }>(file: T): T => ({
    ...file,
    remote: joinRemote(recording?.loginFolder ?? "", file.remote),
  });
  const flights = new Map(record.inherited);
  const end = direction === "get" ? "remote" : "local";
  const ofItems = record.remaining.map((at): SourceMaker => {
    const item = items[at]!;
    const own = item.isTree
      ? undefined
      : [...flights].find(([, flight]) => flight[end] === item[end]);
    if (own === undefined) {
      return recordedItem(() => itemSource(record.head, placed(item), policy), record, at);
    }
    const [number, flight] = own;
    flights.delete(number);
    const job = flightJob(record, number, placed(flight), policy);
    return recordedItem(() => jobs([job]), record, at);
  });
  const alone = [...flights].map(([number, flight]) =>
    flightJob(record, number, placed(flight), policy)
  );
  return [() => Promise.resolve(jobs(alone)), ...ofItems];
}

function itemSource(
  { direction, mirror }: RecordHead,
  { local, remote, isTree }: RecordedItem,
  policy: TransferPolicy,
): WorkSource<TransferJob> {
  if (mirror !== undefined) {
    const how = { isDeleting: false, isTrial: false, connections: 1 };
    return mirrorMoves({ direction, remote, local, rules: mirror, ...how, policy });
  }
  if (direction === "get") {
    return isTree
      ? new Downloads({ path: remote, entry: undefined }, local, policy)
      : jobs([(lane) => getFile(lane, remote, local, policy)]);
  }
  return isTree
    ? new Uploads(local, remote, policy)
    : jobs([(lane) => putFile(lane, local, remote, policy)]);
}

/** One file that was on its way. */
function flightJob(
  record: TransferRecord,
  number: number,
  flight: Flight,
  policy: TransferPolicy,
): TransferJob {
  const { direction } = record.head;
  return async (lane) => {
    try {
      await demandSameSource(lane, direction, flight);
      // It stands in the record already.
      await carryOn({ ...lane, record: undefined }, direction, flight, policy);
      record.ends(number);
    } catch (failure) {
      if (!isPassing(failure) && !(failure instanceof SourceChanged)) record.ends(number);
      throw failure;
    }
  };
}

async function carryOn(
  lane: OperationContext,
  direction: "get" | "put",
  { local, remote, existing }: Flight,
  { isCarriedOn: _, ...policy }: TransferPolicy,
): Promise<void> {
  const resuming: TransferPolicy = { ...policy, ifExists: "resume" };
  const replacing: TransferPolicy = { ...policy, ifExists: "overwrite" };
  if (direction === "get") {
    // The old file stands under the target's name until the part beside it is complete.
    const how = existing === "replace" ? replacing : resuming;
    return await getFile(lane, remote, local, how);
  }
  // A part of a text is carried on by nobody, and would be in the way.
  if (policy.options.type === "ascii") return await putFile(lane, local, remote, replacing);
  try {
    await putFile(lane, local, remote, resuming);
  } catch (failure) {
    const isOther = failure instanceof CommandFailure && failure.cause instanceof AlreadyThere;
    if (existing !== "replace" || !isOther) throw failure;
    await putFile(lane, local, remote, replacing);
  }
}

/** @throws SourceChanged, CommandFailure `notThere` */
async function demandSameSource(
  lane: OperationContext,
  direction: "get" | "put",
  flight: Flight,
): Promise<void> {
  const { local, remote, size, modifiedMs } = flight;
  const isGet = direction === "get";
  const tried = isGet ? `get "${remote}" from ${lane.label}` : `put "${local}" to ${lane.label}`;
  const found = isGet ? await exactEntry(lane, remote) : await localFacts(local);
  if (found === undefined) {
    throw new CommandFailure(ExitCode.notThere, tried, `it is not there any more`);
  }
  const isOtherSize = size !== undefined && found.size !== undefined && size !== found.size;
  const isOtherTime = modifiedMs !== undefined && found.modifiedMs !== undefined &&
    Math.floor(modifiedMs / 1000) !== Math.floor(found.modifiedMs / 1000);
  if (!isOtherSize && !isOtherTime) return;
  const told = (facts: { size: number | undefined; modifiedMs: number | undefined }) =>
    [
      facts.size === undefined ? "?" : sizeIn(lane.terminal.texts, facts.size),
      jsonTime(facts.modifiedMs) ?? "?",
    ].join(", ");
  const happened = `it has changed since: ${told(flight)} then, ${told(found)} now`;
  throw new SourceChanged(ExitCode.contentDiffers, tried, happened, {
    hint: `ftp ${direction} --if-exists overwrite moves it as it is now, forgetting drops this one`,
  });
}

/** A time that a listing tells by the minute tells nothing here. */
async function exactEntry(lane: OperationContext, remote: string) {
  const entry = await entryAt(lane, remote);
  const isExact = entry?.modifiedExactToMs !== undefined && entry.modifiedExactToMs <= 1000;
  return entry && { size: entry.size, modifiedMs: isExact ? entry.modifiedMs : undefined };
}
