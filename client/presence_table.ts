// Sessions and their transfers as lines of text: the table of `ftp who`, the screen of `ftp top`.

import type { Presence, PresentSession, PresentTransfer } from "../shared/presence.ts";
import { approximateRate, approximateSize, clockTime } from "../shared/units.ts";
import type { Texts } from "./texts/english.ts";
import { displayWidth, fitToWidth, padToWidth, visibleText } from "./display_width.ts";

const BAR_COLUMNS = 12;

/** The table of all sessions; `undefined` for a width that does not matter. */
export function sessionTable(
  sessions: readonly PresentSession[],
  nowMs: number,
  { head }: Texts["presence"],
  columns?: number,
): string[] {
  const rows = sessions.map((session) => sessionRow(session, nowMs));
  return table([head, ...rows]).map((line) =>
    columns === undefined ? line : fitToWidth(line, columns)
  );
}

function sessionRow({ id, account, address, sinceMs, transfer }: PresentSession, nowMs: number) {
  const lasts = clockTime((nowMs - sinceMs) / 1000);
  const row = [id, account ?? "-", address, lasts].map(visibleText);
  if (transfer === undefined) return [...row, "-"];
  const { verb, rateBytes, path } = transfer;
  return [...row, verb, doneShown(transfer), approximateRate(rateBytes), visibleText(path)];
}

/** A whole screen: totals, moving sessions first, quotas of the busiest. */
export function presenceScreen(
  presence: Presence,
  { nowMs, columns, rows, about, texts }: {
    readonly nowMs: number;
    readonly columns: number;
    readonly rows: number;
    /** Where this is, for the first line. */
    readonly about: string;
    readonly texts: Texts["presence"];
  },
): string[] {
  const moving = byRate(presence.sessions.filter(({ transfer }) => transfer !== undefined));
  const idle = presence.sessions.filter(({ transfer }) => transfer === undefined);
  const rate = (sends: boolean) =>
    moving.reduce(
      (sum, { transfer }) => sum + (transfer?.sends === sends ? transfer.rateBytes : 0),
      0,
    );
  const { receivedBytes, sentBytes } = presence.totals;
  const lines = [
    `${about}   ${texts.counts(presence.sessions.length, moving.length)}`,
    texts.traffic(
      approximateRate(rate(false)),
      approximateSize(receivedBytes),
      approximateRate(rate(true)),
      approximateSize(sentBytes),
    ),
    "",
    ...sessionTable([...moving, ...idle], nowMs, texts),
    ...quotaLines(presence, texts),
  ];
  const shown = lines.length <= rows
    ? lines
    : [...lines.slice(0, Math.max(0, rows - 1)), texts.more(lines.length - rows + 1)];
  return shown.map((line) => fitToWidth(line, columns));
}

function byRate(sessions: readonly PresentSession[]): PresentSession[] {
  const rateOf = (session: PresentSession) => session.transfer?.rateBytes ?? 0;
  return sessions.toSorted((one, other) => rateOf(other) - rateOf(one));
}

function quotaLines({ quotas }: Presence, texts: Texts["presence"]): string[] {
  const limited = quotas.flatMap(({ account, usedBytes, limitBytes }) =>
    limitBytes === undefined ? [] : [[
      visibleText(account),
      bar(usedBytes, limitBytes),
      texts.ofLimit(approximateSize(usedBytes), approximateSize(limitBytes)),
    ]]
  );
  return limited.length === 0 ? [] : ["", ...table([[...texts.quotaHead, ""], ...limited])];
}

function doneShown({ movedBytes, offsetBytes, totalBytes }: PresentTransfer): string {
  const done = offsetBytes + movedBytes;
  if (totalBytes === undefined) return approximateSize(done);
  return `${bar(done, totalBytes)} ${approximateSize(done)}/${approximateSize(totalBytes)}`;
}

function bar(done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  return `[${"=".repeat(Math.floor(share * BAR_COLUMNS)).padEnd(BAR_COLUMNS)}]`;
}

/** Columns as wide as their widest cell; the last one ends where it ends. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) {
      widths[at] = Math.max(widths[at] ?? 0, displayWidth(cell));
    }
  }
  return rows.map((row) =>
    row.map((cell, at) => padToWidth(cell, widths[at] ?? 0)).join("  ").trimEnd()
  );
}
