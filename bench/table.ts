// A run as a table that people read, plain text or Markdown alike.

import { bestPeer, median, ratio, type RowResult, spread } from "./result.ts";

/** The table of all rows: medians of every contender, ours over the best peer, and what else was measured. */
export function formatTable(rows: readonly RowResult[], contenders: readonly string[]): string {
  const head = ["row", "unit", ...contenders, "ours / best", "± ours", "CPU s/GiB", "generator"];
  const lines = rows.map((row) => [
    row.name,
    row.unit,
    ...contenders.map((name) => number(median(row.samples[name] ?? []))),
    verdict(row),
    `${(spread(row.samples[contenders[0] ?? ""] ?? []) * 100).toFixed(0)} %`,
    contenders.map((name) => row.cpuPerGib[name]?.toFixed(2) ?? "").join(" / ").replace(
      /^[ /]+$/,
      "",
    ),
    row.generatorLoad === 0 ? "" : `${(row.generatorLoad * 100).toFixed(0)} %`,
  ]);
  return aligned(withoutEmptyColumns([head, ...lines]));
}

function verdict(row: RowResult): string {
  const value = ratio(row);
  return value === undefined ? "no peer" : `${value.toFixed(2)} (${bestPeer(row)})`;
}

function number(value: number): string {
  if (Number.isNaN(value)) return "-";
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function withoutEmptyColumns(rows: readonly (readonly string[])[]): string[][] {
  const [, ...lines] = rows;
  return rows.map((row) => row.filter((_, column) => lines.some((line) => line[column] !== "")));
}

function aligned(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [line(head), rule, ...rows.slice(1).map(line)].join("\n");
}
