// The journal as commands and the shell show it: what is pending for whom, told, chosen, carried on, dropped.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { formatHostAndPort } from "../address.ts";
import type { Journal, PendingRecord } from "../journal/journal.ts";
import type { RecordedItem } from "../journal/record_format.ts";
import type { TransferRecord } from "../journal/transfer_record.ts";
import { sourcesOf } from "./carrying_on.ts";
import { workThrough } from "./lanes.ts";
import { jsonTime, type OperationContext } from "./operation_context.ts";
import { oneAfterAnother } from "./transfer_targets.ts";
import { sizeText } from "./transfer_result.ts";

/** Tells one on standard output. */
export function tellRecord(context: PendingTelling, record: PendingRecord): void {
  const { id, head, touchedMs } = record;
  const { address } = head.server;
  const command = head.mirror === undefined ? head.direction : "mirror";
  const items = remainingItems(record);
  const first = items[0] ?? [...record.flights.values()][0];
  const [local, remote] = [first?.local ?? "", first?.remote ?? ""];
  const isTree = items.some((item) => item.isTree);
  const size = isTree ? undefined : totalSize(items, record);
  const server = formatHostAndPort(address);
  const more = items.length > 1 ? ` (+${items.length - 1})` : "";
  const way = head.direction === "get" ? `${remote} -> ${local}` : `${local} -> ${remote}`;
  context.print(
    {
      id,
      kind: head.direction,
      command,
      server,
      user: address.user ?? "",
      local,
      remote,
      files: isTree ? null : Math.max(items.length, record.flights.size),
      size: size ?? null,
      begun: jsonTime(head.begunMs),
      touched: jsonTime(touchedMs),
    },
    [
      String(id).padStart(3),
      command.padEnd(6),
      (size === undefined ? "" : sizeText(size)).padStart(10),
      jsonTime(touchedMs),
      context.legible(`${address.user ?? ""}@${server}`),
      context.legible(way) + more,
    ].join("  "),
  );
}

/** What telling takes. */
export interface PendingTelling {
  print: OperationContext["print"];
  legible(text: string): string;
}

/** Takes records over. One that another process holds, or that is none, is reported. */
export async function claimRecords(
  { report }: Pick<OperationContext, "report">,
  journal: Journal,
  ids: readonly number[],
  onTrouble: (error: unknown) => void,
): Promise<TransferRecord[]> {
  const claimed: TransferRecord[] = [];
  for (const id of new Set(ids)) {
    const record = await journal.claim(id, onTrouble);
    if (typeof record !== "string") claimed.push(record);
    else report(notClaimed(`resume ${id}`, record));
  }
  return claimed;
}

/** Drops records; what is dropped is told. */
export async function forgetRecords(
  { print, report }: Pick<OperationContext, "print" | "report">,
  journal: Journal,
  ids: readonly number[],
): Promise<void> {
  for (const id of new Set(ids)) {
    const ending = await journal.forget(id);
    if (ending === "forgotten") print({ forgotten: id }, `forgotten: ${id}`);
    else report(notClaimed(`forget ${id}`, ending));
  }
}

/** Carries records of one server on, side by side. @throws CommandFailure when there is no connection */
export async function carryOnRecords(
  context: OperationContext,
  records: readonly TransferRecord[],
  connections: number,
): Promise<void> {
  const sources = records.flatMap((record) => sourcesOf(record, context));
  using _total = records.length > 1
    ? context.progress.total({ files: undefined, bytes: undefined })
    : undefined;
  const all = oneAfterAnother(context, sources);
  await workThrough(context, all, connections, (lane, job) => job(lane));
}

function notClaimed(tried: string, why: "held" | "gone"): CommandFailure {
  return why === "held"
    ? new CommandFailure(ExitCode.failed, tried, "another process is at it")
    : new CommandFailure(ExitCode.notThere, tried, "no transfer of that number is pending", {
      hint: "ftp pending lists them",
    });
}

function remainingItems({ head, doneItems }: PendingRecord): RecordedItem[] {
  return head.items.filter((_, at) => !doneItems.has(at));
}

/** What is known of the files; a download's size is known once it has begun. */
function totalSize(items: readonly RecordedItem[], { flights }: PendingRecord): number | undefined {
  const flying = [...flights.values()];
  const sizes = items.length === 0
    ? flying.map(({ size }) => size)
    : items.map((item) =>
      item.size ??
        flying.find(({ local, remote }) => local === item.local || remote === item.remote)?.size
    );
  return sizes.includes(undefined)
    ? undefined
    : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}
