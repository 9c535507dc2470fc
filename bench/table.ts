// A run as tables that people read, plain text or Markdown alike.

import { OURS } from "./contenders.ts";
import {
  bestPeer,
  type GroupResult,
  median,
  ratio,
  reachesGoal,
  type RowResult,
  type RunResult,
  spread,
} from "./result.ts";

/** Every group's table under a heading, with what tells how far it may be believed. */
export function formatReport({ machine, groups }: RunResult): string {
  const { cores, memoryGib, kernel, deno } = machine;
  const where = `${cores} cores, ${memoryGib} GiB of memory, Linux ${kernel}, Deno ${deno}`;
  return [where, ...Object.entries(groups).map(formatGroup)].join("\n\n");
}

function formatGroup([name, group]: [string, GroupResult]): string {
  const { when, quick, rows, contenders, limits } = group;
  const scale = quick ? ", with `--quick`: too little to be believed" : "";
  const title = name.slice(0, 1).toUpperCase() + name.slice(1);
  return [
    `### ${title}`,
    `Measured ${when.slice(0, 10)}${scale}.`,
    formatTable(rows, contenders),
    ...(limits === undefined ? [] : [
      `This machine's limit: ${limits.plain.toFixed(0)} MiB/s plain, ${
        limits.tls.toFixed(0)
      } MiB/s TLS.`,
    ]),
  ].join("\n\n");
}

/** The table of all rows: medians of every contender, ours over the best peer, and what else was measured. */
export function formatTable(rows: readonly RowResult[], contenders: readonly string[]): string {
  const head = [
    ...["row", "unit", ...contenders, "ours / best", "± ours"],
    ...["ours / limit", "goal", "CPU s/GiB", "generator"],
  ];
  const lines = rows.map((row) => [
    row.name,
    row.unit,
    ...contenders.map((name) => number(median(row.samples[name] ?? []))),
    verdict(row),
    noise(row.samples[OURS] ?? []),
    row.limit === undefined ? "" : (median(row.samples[OURS] ?? []) / row.limit).toFixed(2),
    goal(row),
    Object.keys(row.cpuPerGib).length === 0
      ? ""
      : contenders.map((name) => row.cpuPerGib[name]?.toFixed(2) ?? "-").join(" / "),
    row.generatorLoad === 0 ? "" : percent(row.generatorLoad),
  ]);
  return aligned(withoutEmptyColumns([head, ...lines]));
}

function verdict(row: RowResult): string {
  const value = ratio(row);
  return value === undefined ? "no peer" : `${value.toFixed(2)} (${bestPeer(row)})`;
}

function goal(row: RowResult): string {
  if (row.goal === undefined) return "";
  const { of, at } = row.goal;
  const sign = of === "value" && row.better === "lower" ? "≤" : "≥";
  const text = of === "value" ? `${sign} ${at}` : `ratio ${sign} ${at.toFixed(2)}`;
  return reachesGoal(row) === false ? `${text}, missed` : text;
}

/** One sample shows none. */
function noise(samples: readonly number[]): string {
  return samples.length < 2 ? "-" : percent(spread(samples));
}

function percent(part: number): string {
  return Number.isFinite(part) ? `${(part * 100).toFixed(0)} %` : "-";
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
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(head), rule, ...rows.slice(1).map(line)].join("\n");
}
