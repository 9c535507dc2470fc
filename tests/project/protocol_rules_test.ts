// docs/protocol_rules.md names a test for every clause, and every test it names is there.

import assert from "node:assert/strict";
import { REPOSITORY } from "../support/program.ts";

const page = await Deno.readTextFile(`${REPOSITORY}/docs/protocol_rules.md`);
/** The sections of the page: their number and title, and their rows without the table's head. */
const rules = page.split("\n## ").slice(1).map((section) => {
  const [title = "", ...lines] = section.split("\n");
  const rows = lines.filter((line) => line.startsWith("| ")).slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  return { title, rows };
});

Deno.test("the twelve rules of the protocol have their sections", () => {
  assert.deepEqual(rules.map(({ title }) => parseInt(title)), [
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
  ]);
});

for (const { title, rows } of rules) {
  Deno.test(`every test that rule ${title} names is there`, async () => {
    assert.ok(rows.length >= 4);
    for (const [clause = "", shown = ""] of rows) {
      const [, path = "", name] = /^`([^`]+)`(?:: (.+))?$/.exec(shown) ?? [];
      assert.notEqual(path, "", clause);
      const source = await Deno.readTextFile(`${REPOSITORY}/${path}`);
      assert.equal(path.endsWith(".txt"), name === undefined, `${path}: ${name}`);
      assert.ok(name === undefined || source.includes(name), `${path} has no test "${name}"`);
    }
  });
}
