// Entries for people and scripts: names in columns on a terminal, one a line elsewhere, long lines, JSON.

import { approximateSize } from "../../shared/units.ts";
import { displayWidth, padToWidth } from "../display_width.ts";
import type { RemoteEntry } from "../remote_entry.ts";
import type { Terminal } from "../terminal.ts";
import { type JsonRecord, jsonTime, type OperationContext } from "./operation_context.ts";

const SGR_RESET = "\x1b[0m";
const FOLDER_COLOR = "\x1b[1;34m";
const LINK_COLOR = "\x1b[36m";
const PROGRAM_COLOR = "\x1b[32m";

/** Blank columns between names. */
const GAP_COLUMNS = 2;

/** How entries are shown. */
export interface ListingForm {
  /** One line an entry, with type, rights, size and time. */
  readonly long: boolean;
  /** Sizes as `12.3M` instead of bytes. */
  readonly humanSizes: boolean;
  /** Names one a line, in columns never. */
  readonly onePerLine?: boolean;
  /** Leaves out what starts with a dot in a folder. */
  readonly hidesDotNames?: boolean;
  /** By name unless told otherwise; the newest and the largest come first. */
  readonly order?: ListingOrder;
  readonly isReversed?: boolean;
}

/** What entries are ordered by. */
export type ListingOrder = "name" | "time" | "size";

/** An entry, where it is, and what people see of that. */
export interface ListedEntry {
  readonly path: string;
  /** The path, or the name alone where the folder is clear. */
  readonly title: string;
  readonly entry: RemoteEntry;
}

/** Prints entries, in the order given unless the form says another. */
export function printEntries(
  context: OperationContext,
  found: readonly ListedEntry[],
  form: ListingForm,
): void {
  const { terminal } = context;
  const listed = arranged(found, form);
  if (context.json) {
    for (const each of listed) context.print(entryRecord(each));
  } else if (form.long) {
    for (const line of longLines(listed, form, terminal)) terminal.print(line);
  } else if (terminal.showsOutput && !form.onePerLine) {
    const names = listed.map((each) => paintedTitle(each, terminal));
    for (const line of inColumns(names, terminal.columns("stdout"))) terminal.print(line);
  } else {
    for (const { title } of listed) terminal.print(title);
  }
}

function arranged(
  found: readonly ListedEntry[],
  { hidesDotNames = false, order = "name", isReversed = false }: ListingForm,
): readonly ListedEntry[] {
  const shown = hidesDotNames ? found.filter(({ title }) => !title.startsWith(".")) : found;
  const key = ({ entry }: ListedEntry) => (order === "time" ? entry.modifiedMs : entry.size) ?? -1;
  const ordered = order === "name" ? shown : shown.toSorted((a, b) => key(b) - key(a));
  return isReversed ? ordered.toReversed() : ordered;
}

/** An entry as an object for scripts. */
export function entryRecord({ path, entry }: Pick<ListedEntry, "path" | "entry">): JsonRecord {
  return {
    path,
    name: entry.name,
    type: entry.type,
    size: entry.size ?? null,
    modified: jsonTime(entry.modifiedMs),
    mode: entry.mode === undefined ? null : entry.mode.toString(8).padStart(4, "0"),
    owner: entry.owner ?? null,
    group: entry.group ?? null,
    link_target: entry.linkTarget ?? null,
  };
}

/** `drwxr-x---` of a type and permission bits; `?` where they were not told. */
export function modeText(entry: RemoteEntry): string {
  const type = { file: "-", directory: "d", link: "l", other: "?" }[entry.type];
  const { mode } = entry;
  if (mode === undefined) return `${type}?????????`;
  const bits = [..."rwxrwxrwx"].map((letter, at) => (mode >> (8 - at)) & 1 ? letter : "-");
  return type + bits.join("");
}

/** `2025-01-31 12:00`, UTC; blanks where it was not told. */
function timeText(ms: number | undefined): string {
  return ms === undefined ? "" : new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

/** Names in as many columns as fit, read downwards. */
function inColumns(names: readonly PaintedName[], columns: number): string[] {
  const widest = names.reduce((widest, { width }) => Math.max(widest, width), 0);
  const perLine = Math.max(1, Math.floor((columns + GAP_COLUMNS) / (widest + GAP_COLUMNS)));
  const lines = Math.ceil(names.length / perLine);
  return Array.from({ length: lines }, (_, line) => {
    const row = names.filter((_, at) => at % lines === line);
    return row.map(({ text, width }, at) =>
      at === row.length - 1 ? text : text + " ".repeat(widest - width + GAP_COLUMNS)
    ).join("");
  });
}

/** A name with its colours, and how wide it is without them. */
export interface PaintedName {
  readonly text: string;
  readonly width: number;
}

function paintedTitle({ title, entry }: ListedEntry, terminal: Terminal): PaintedName {
  const name = terminal.legible(title);
  const width = displayWidth(name);
  const color = colorOf(entry);
  if (terminal.isColored) return { text: color ? `${color}${name}${SGR_RESET}` : name, width };
  const mark = entry.type === "directory" && terminal.showsOutput ? "/" : "";
  return { text: name + mark, width: width + mark.length };
}

function colorOf({ type, mode = 0 }: RemoteEntry): string {
  if (type === "directory") return FOLDER_COLOR;
  if (type === "link") return LINK_COLOR;
  return type === "file" && (mode & 0o111) !== 0 ? PROGRAM_COLOR : "";
}

function longLines(
  listed: readonly ListedEntry[],
  form: ListingForm,
  terminal: Terminal,
): string[] {
  const rows = listed.map(({ path, title, entry }) => ({
    mode: modeText(entry),
    owner: [entry.owner, entry.group].filter((each) => each !== undefined).join(" "),
    size: sizeText(entry, form),
    time: timeText(entry.modifiedMs),
    name: paintedTitle({ path, title, entry }, terminal).text +
      (entry.linkTarget === undefined ? "" : ` -> ${terminal.legible(entry.linkTarget)}`),
  }));
  const widest = (column: "owner" | "size" | "time") =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[column])), 0);
  const [owner, size, time] = [widest("owner"), widest("size"), widest("time")];
  return rows.map((row) =>
    [
      row.mode,
      ...(owner > 0 ? [padToWidth(row.owner, owner)] : []),
      row.size.padStart(size),
      ...(time > 0 ? [row.time.padEnd(time)] : []),
      row.name,
    ].join("  ")
  );
}

function sizeText(entry: RemoteEntry, form: ListingForm): string {
  if (entry.type === "directory") return "-";
  if (entry.size === undefined) return "?";
  return form.humanSizes ? approximateSize(entry.size) : String(entry.size);
}
