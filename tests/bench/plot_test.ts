// Growth as a picture: where lines and names stand.

import assert from "node:assert/strict";
import { drawGrowth } from "../../bench/growth_plot.ts";
import { drawPlots, niceCeiling } from "../../bench/plot.ts";

const PLOT = {
  title: "A & B",
  x: "sessions",
  y: "MiB",
  lines: [
    { name: "low", points: [{ x: 1, y: 0 }, { x: 10, y: 50 }, { x: 100, y: 100 }] },
    { name: "high", points: [{ x: 1, y: 100 }, { x: 100, y: 100 }] },
  ],
};

Deno.test("a decade is as wide as any other, and 0 is at the bottom", () => {
  const svg = drawPlots([PLOT]);
  const [low = "", high = ""] = [...svg.matchAll(/class="line c\d" d="([^"]+)"/g)].map(([, d]) =>
    d
  );
  const places = [...low.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map((
    [, x, y],
  ) => [Number(x), Number(y)]);
  const [first, middle, last] = places as [number[], number[], number[]];
  assert.equal(middle[0]! - first[0]!, last[0]! - middle[0]!);
  assert.equal(first[1]! - middle[1]!, middle[1]! - last[1]!);
  assert.ok(first[1]! > last[1]!);
  assert.equal(high.split("L").length, 2);
});

Deno.test("axes carry their units, and names that would meet stand below one another", () => {
  const svg = drawPlots([PLOT]);
  for (const words of [">sessions<", ">MiB<", ">A &amp; B<", ">1<", ">10<", ">100<"]) {
    assert.ok(svg.includes(words), words);
  }
  const heights = ["low", "high"].map((name) =>
    Number(new RegExp(`y="([\\d.]+)" text-anchor="start">${name}<`).exec(svg)?.[1])
  );
  assert.ok(Math.abs(heights[0]! - heights[1]!) >= 12, `${heights}`);
  const top = Number(/y="([\d.]+)" text-anchor="end">100</.exec(svg)?.[1]);
  for (const height of heights) assert.ok(Math.abs(height - top) <= 20, `${height} beside ${top}`);
});

Deno.test("names of lines that end at the bottom stay above the axis", () => {
  const points = [{ x: 1, y: 100 }, { x: 100, y: 0 }];
  const svg = drawPlots([{ ...PLOT, lines: ["a", "b", "c"].map((name) => ({ name, points })) }]);
  const axis = Number(/y="([\d.]+)" text-anchor="end">0</.exec(svg)?.[1]);
  const heights = [...svg.matchAll(/y="([\d.]+)" text-anchor="start">[abc]</g)].map(([, y]) =>
    Number(y)
  );
  assert.equal(heights.length, 3);
  assert.ok(Math.max(...heights) <= axis, `${heights} beside ${axis}`);
});

Deno.test("an axis ends at a number that people count in", () => {
  assert.deepEqual([0, 0.3, 1, 1.1, 9, 240, 999].map(niceCeiling), [1, 0.5, 1, 2, 10, 250, 1000]);
});

Deno.test("growth has a plot each for throughput, busy memory and idle memory", () => {
  const points = [1, 10].map((sessions) => ({ sessions, mibPerSecond: 1, idleMib: 2, busyMib: 3 }));
  const svg = drawGrowth({
    atOnceLimit: 1000,
    lines: [1, 2].map((workers) => ({ workers, points })),
  });
  assert.equal(svg.match(/class="title"/g)?.length, 3);
  assert.equal(svg.match(/>1 worker</g)?.length, 3);
  assert.equal(svg.match(/>2 workers</g)?.length, 3);
  assert.doesNotMatch(svg, /NaN|undefined/);
});
