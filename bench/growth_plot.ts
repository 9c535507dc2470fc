// Growth as a picture: its JSON and the SVG drawn from it.

import type { Growth, GrowthLine, GrowthPoint } from "./measure_growth.ts";
import { drawPlots, type Plot } from "./plot.ts";

/** A measured growth as it is kept. */
export interface KeptGrowth extends Growth {
  readonly when: string;
  readonly quick: boolean;
}

/** Writes `growth.json` and `growth.svg`. @param directory with a `/` at its end. */
export async function keepGrowth(directory: string, growth: KeptGrowth): Promise<void> {
  await Deno.writeTextFile(`${directory}growth.json`, JSON.stringify(growth, undefined, 2) + "\n");
  await Deno.writeTextFile(`${directory}growth.svg`, drawGrowth(growth));
}

/** The SVG: throughput, memory while files move, and memory at rest, over the number of sessions. */
export function drawGrowth({ lines }: Growth): string {
  const plot = (title: string, unit: string, pick: (point: GrowthPoint) => number): Plot => ({
    title,
    x: "sessions",
    y: unit,
    lines: lines.map((line) => ({
      name: nameOf(line),
      points: line.points.map((point) => ({ x: point.sessions, y: pick(point) })),
    })),
  });
  return drawPlots([
    plot("Downloads, all sessions together", "MiB/s", ({ mibPerSecond }) => mibPerSecond),
    plot("Memory while they download, at most", "MiB", ({ busyMib }) => busyMib),
    plot("Memory while they are idle", "MiB", ({ idleMib }) => idleMib),
  ]);
}

function nameOf({ workers }: GrowthLine): string {
  return workers === 1 ? "1 worker" : `${workers} workers`;
}
