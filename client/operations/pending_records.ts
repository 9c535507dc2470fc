// The journal as commands and the shell show it: what is pending for whom, told, chosen, carried on, dropped.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { formatHostAndPort } from "../address.ts";
import type { Destination } from "../destination.ts";
import type { Journal, PendingRecord } from "../journal/journal.ts";
import type { RecordedItem } from "../journal/record_format.ts";
import type { Texts } from "../texts/english.ts";
import type { TransferRecord } from "../journal/transfer_record.ts";
import { sourcesOf } from "./carrying_on.ts";
import { workThrough } from "./lanes.ts";
import { attempt, jsonTime, type OperationContext } from "./operation_context.ts";
import { troubleTeller } from "./recording.ts";
import { oneAfterAnother } from "./transfer_targets.ts";
import { sizeIn } from "./transfer_result.ts";

/** Which records are meant; all where nothing is said. */
export interface Wanted {
  readonly server?: Pick<Destination, "host" | "port">;
  readonly user?: string | undefined;
}

/** The records that are meant, oldest first. @throws CommandFailure */
export async function findRecords(
  journal: Journal,
  { server, user }: Wanted,
): Promise<PendingRecord[]> {
  const all = await attempt("read the journal of transfers", () => journal.list());
  return all.filter(({ head: { server: { address } } }) =>
    (server === undefined || (server.host === address.host && server.port === address.port)) &&
    (user === undefined || user === address.user)
  );
}

/** Reads the numbers of records, as `ftp pending` tells them. */
export function parseRecordId(text: string): Parsed<number> {
  return /^[1-9]\d{0,14}$/.test(text)
    ? parsed(Number(text))
    : unparsed("it is a number from the list of ftp pending");
}

/** Tells one on standard output. */
export function tellRecord(out: RecordTelling, record: PendingRecord): void {
  const { id, head: { server: { address }, ...head }, touchedMs } = record;
  const { isTree, files, size, first } = summaryOf(record);
  out.print(
    {
      id,
      kind: head.direction,
      command: head.mirror === undefined ? head.direction : "mirror",
      server: formatHostAndPort(address),
      user: address.user ?? "",
      local: first.local,
      remote: first.remote,
      files: isTree ? null : files,
      size: size ?? null,
      begun: jsonTime(head.begunMs),
      touched: jsonTime(touchedMs),
    },
    out.terminal.legible(describeRecord(record, out.terminal.texts)),
  );
}

/** One in a line for people: its number, what, how much, since when, where, from and to. */
export function describeRecord(record: PendingRecord, texts: Texts): string {
  const { id, head: { server: { address }, direction, mirror }, touchedMs } = record;
  const { isTree, files, size, first: { local, remote } } = summaryOf(record);
  const more = isTree || files < 2 ? "" : ` (+${files - 1})`;
  return [
    String(id).padStart(3),
    (mirror === undefined ? direction : "mirror").padEnd(6),
    (size === undefined ? "" : sizeIn(texts, size)).padStart(10),
    jsonTime(touchedMs),
    `${address.user ?? ""}@${formatHostAndPort(address)}`,
    (direction === "get" ? `${remote} -> ${local}` : `${local} -> ${remote}`) + more,
  ].join("  ");
}

/** The files and folders of a record that are not done: those on their way, and those that are to come. */
export function pendingFiles(
  { head, doneItems, flights }: PendingRecord,
): readonly Pick<RecordedItem, "local" | "remote">[] {
  return [...head.items.filter((_, at) => !doneItems.has(at)), ...flights.values()];
}

function summaryOf(record: PendingRecord) {
  const { head, doneItems, flights } = record;
  const items = head.items.filter((_, at) => !doneItems.has(at));
  const isTree = items.some((item) => item.isTree);
  const files = Math.max(items.length, flights.size);
  const size = isTree ? undefined : totalSize(items, record);
  const first = pendingFiles(record)[0] ?? { local: "", remote: "" };
  return { isTree, files, size, first };
}

/** What telling takes. */
export type RecordTelling = Pick<OperationContext, "print" | "terminal">;

/** Takes records over. One that another process holds, or that is none, is reported. */
export async function claimRecords(
  out: Pick<OperationContext, "report" | "terminal">,
  journal: Journal,
  ids: readonly number[],
): Promise<TransferRecord[]> {
  const claimed: TransferRecord[] = [];
  const onTrouble = troubleTeller(out);
  for (const id of new Set(ids)) {
    const record = await journal.claim(id, onTrouble);
    if (typeof record !== "string") claimed.push(record);
    else out.report(notClaimed(`resume ${id}`, record));
  }
  return claimed;
}

/** Drops records; what is dropped is told. */
export async function forgetRecords(
  out: Pick<OperationContext, "print" | "report">,
  journal: Journal,
  ids: readonly number[],
): Promise<void> {
  for (const id of new Set(ids)) {
    const ending = await journal.forget(id);
    if (ending === "forgotten") out.print({ forgotten: id });
    else out.report(notClaimed(`forget ${id}`, ending));
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
