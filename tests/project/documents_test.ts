// What the documents name exists: files, links, tests.

import assert from "node:assert/strict";
import { dirname, join } from "node:path/posix";
import { REPOSITORY } from "../support/program.ts";

const DOCUMENTS = [
  "README.md",
  "CHANGELOG.md",
  "SECURITY.md",
  ...[...Deno.readDirSync(join(REPOSITORY, "docs"))]
    .map(({ name }) => `docs/${name}`)
    .filter((path) => path.endsWith(".md")),
];
/** A path of the tree as documents write it: in backticks, with a directory and an ending. */
const PATH = /`((?:\.ci|bench|client|docs|server|shared|tests)\/[\w./-]+\.\w+)`/g;
const LINK = /\]\((?!https?:)([^)#]+)\)/g;
/** Made by a run where somebody chose to keep it. */
const OPTIONAL = ["docs/performance.json", "docs/growth.json", "docs/growth.svg"];

for (const document of DOCUMENTS) {
  const text = Deno.readTextFileSync(join(REPOSITORY, document));

  Deno.test(`every file that ${document} names exists`, async () => {
    const named = [...text.matchAll(PATH)].map(([, path = ""]) => path);
    const linked = [...text.matchAll(LINK)].map(([, path = ""]) => join(dirname(document), path));
    for (const path of [...named, ...linked].filter((path) => !OPTIONAL.includes(path))) {
      await assert.doesNotReject(Deno.stat(join(REPOSITORY, path)), `${path} does not exist`);
    }
  });
}

Deno.test("no command in a sentence is broken over two lines: it could not be copied", () => {
  for (const document of DOCUMENTS) {
    const text = Deno.readTextFileSync(join(REPOSITORY, document));
    const prose = text.replace(/^```[^]*?^```$/gm, "");
    const broken = prose.split("\n").filter((line) => line.split("`").length % 2 === 0);
    assert.deepEqual(broken, [], document);
  }
});

Deno.test("every rule of SECURITY.md names a test that is there", async () => {
  const text = await Deno.readTextFile(join(REPOSITORY, "SECURITY.md"));
  const rows = text.split("\n").filter((line) => line.startsWith("| ")).slice(1)
    .filter((line) => !line.startsWith("| ---"));
  assert.ok(rows.length > 20);
  for (const row of rows) {
    const [, , , shown = ""] = row.split("|").map((cell) => cell.trim());
    const tests = [...shown.matchAll(/`([^`]+)`(?:: (.+?))?(?=, `|$)/g)];
    assert.ok(tests.length > 0, row);
    for (const [, path = "", name] of tests) {
      const source = await Deno.readTextFile(join(REPOSITORY, path));
      // A file without a test's name: all of it is about the rule.
      assert.ok(name === undefined || source.includes(name), `${path} has no test "${name}"`);
    }
  }
});

Deno.test("every task that the documents mention exists", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(REPOSITORY, "deno.json")));
  for (const document of DOCUMENTS) {
    const text = Deno.readTextFileSync(join(REPOSITORY, document));
    for (const [, name = ""] of text.matchAll(/deno(?:@[\d.]+)? task (?:-q )?(\w+)/g)) {
      assert.ok(name in tasks, `${document} mentions deno task ${name}`);
    }
  }
});
