// What a run concludes from its samples: ratios, goals, and what is worse than before.

import assert from "node:assert/strict";
import { merged, withSection } from "../../bench/kept_results.ts";
import {
  bestPeer,
  type Goal,
  type GroupResult,
  median,
  ratio,
  reachesGoal,
  regressions,
  type RowResult,
  spread,
} from "../../bench/result.ts";
import { formatReport, formatTable } from "../../bench/table.ts";

type Samples = Record<string, readonly number[]>;

function row(samples: Samples, more: Partial<RowResult> = {}): RowResult {
  const name = more.name ?? "RETR";
  return {
    name,
    unit: "MiB/s",
    better: "higher",
    samples,
    cpuPerGib: {},
    generatorLoad: 0,
    ...more,
  };
}

function group(rows: readonly RowResult[], quick = false): GroupResult {
  return { when: "2026-01-02T03:04:05.678Z", quick, contenders: ["ours", "a", "b"], rows };
}

Deno.test("a median is the middle, or between the two in the middle", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
  assert.equal(spread([8, 10, 12]), 0.4);
});

Deno.test("the best peer is the fastest one, or the one that needs least, of those that did it", () => {
  const samples = { ours: [20], a: [10], b: [40], c: [] };
  assert.equal(bestPeer(row(samples)), "b");
  assert.equal(ratio(row(samples)), 0.5);
  assert.equal(bestPeer(row(samples, { better: "lower" })), "a");
  assert.equal(ratio(row(samples, { better: "lower" })), 0.5);
  assert.equal(ratio(row(samples), ["ours", "a"]), 2);
  assert.equal(ratio(row({ ours: [20] })), undefined);
  assert.equal(ratio(row({ ours: [], a: [10] })), undefined);
});

Deno.test("a goal is reached by a value or by a ratio, and not judged where ours is missing", () => {
  const judged = (ours: readonly number[], goal: Goal, better: "higher" | "lower" = "higher") =>
    reachesGoal(row({ ours, a: [100] }, { goal, better }));
  assert.equal(judged([40], { of: "value", at: 40 }, "lower"), true);
  assert.equal(judged([41], { of: "value", at: 40 }, "lower"), false);
  assert.equal(judged([90], { of: "ratio", at: 0.9 }), true);
  assert.equal(judged([89], { of: "ratio", at: 0.9 }), false);
  assert.equal(judged([], { of: "ratio", at: 0.9 }), undefined);
  assert.equal(reachesGoal(row({ ours: [1] })), undefined);
});

Deno.test("worse by more than the noise is told, worse by less is not", () => {
  const before = group([row({ ours: [100, 100], a: [100, 100] })]);
  const slower = (...ours: number[]) =>
    regressions(group([row({ ours, a: [100, 100] })]), before, true);
  assert.deepEqual(slower(80, 80), ["RETR: 0.800 was 1.00 (noise 5 %)"]);
  assert.deepEqual(slower(96, 96), []);
  assert.deepEqual(slower(60, 100), []);
});

Deno.test("runs are compared by the peers that both had", () => {
  const before = group([row({ ours: [100], a: [100], b: [200] })]);
  assert.deepEqual(regressions(group([row({ ours: [100], a: [100] })], true), before, false), []);
  assert.equal(
    regressions(group([row({ ours: [50], a: [100] })], true), before, false).length,
    1,
  );
});

Deno.test("without a common peer values are compared, if they were measured alike", () => {
  const before = group([row({ ours: [100] }, { better: "lower" })]);
  const now = (quick: boolean) => group([row({ ours: [150] }, { better: "lower" })], quick);
  assert.equal(regressions(now(false), before, true).length, 1);
  assert.deepEqual(regressions(now(true), before, true), []);
});

Deno.test("a new row is not worse; one that is gone or failed is told", () => {
  const before = group([row({ ours: [1], a: [1] }, { name: "old" }), row({ ours: [1], a: [1] })]);
  const now = group([row({ ours: [1], a: [9] }, { name: "new" }), row({ ours: [], a: [1] })]);
  assert.deepEqual(regressions(now, before, false), ["RETR: it failed"]);
  assert.deepEqual(regressions(now, before, true), ["RETR: it failed", "old: no longer measured"]);
});

Deno.test("a table shows who could not, what was reached, and no column that is empty", () => {
  const lines = formatTable([
    row({ ours: [40, 60], a: [100], b: [] }, { limit: 200, goal: { of: "ratio", at: 0.9 } }),
  ], ["ours", "a", "b"]).split("\n");
  const cells = lines.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  const [head, , values] = cells;
  assert.deepEqual(
    head,
    ["row", "unit", "ours", "a", "b", "ours / best", "± ours", "ours / limit", "goal"],
  );
  assert.deepEqual(
    values,
    ["RETR", "MiB/s", "50.00", "100", "-", "0.50 (a)", "40 %", "0.25", "ratio ≥ 0.90, missed"],
  );
});

Deno.test("a group that is measured again replaces the one that was kept, and no other", () => {
  const [server, client, again] = [1, 2, 3].map((value) => group([row({ ours: [value] })]));
  const kept = { machine: { cores: 1 }, groups: { server: server!, client: client! } };
  const run = merged(kept, { machine: { cores: 2 }, groups: { server: again! } });
  assert.deepEqual(run, { machine: { cores: 2 }, groups: { server: again, client } });
  assert.deepEqual(merged(undefined, run), run);
  const report = formatReport(run);
  assert.match(report, /^2 cores/);
  assert.match(report, /### Server\n\nMeasured 2026-01-02\.\n\n\| row .*### Client/s);
});

Deno.test("only what is between the markers of a document is replaced", () => {
  const markers = ["<!-- the bench writes from here -->", "<!-- to here -->"];
  const document = `before\n\n${markers.join("\nold\n")}\n\nafter\n`;
  const written = withSection(document, "new\n");
  assert.equal(written, `before\n\n${markers.join("\n\nnew\n\n")}\n\nafter\n`);
  assert.equal(withSection(written, "new"), written);
  assert.throws(() => withSection("no markers", "new"), /to here/);
});
