// The newcomer's tour works from its first line to its last, and shows what a person at a terminal sees.

import assert from "node:assert/strict";
import { REPOSITORY } from "../support/program.ts";
import { TerminalProcess } from "../support/terminal_process.ts";

/** Ten seconds on a machine that does nothing else; it moves every file of the program up and down. */
const LIMIT_MS = 180_000;

Deno.test("the demo moves files of this repository up and down and finds them equal", async () => {
  await using demo = new TerminalProcess(["task", "demo"], {
    program: Deno.execPath(),
    cwd: REPOSITORY,
    limitMs: LIMIT_MS,
  });
  await demo.see(/listening on ftp:\/\/127\.0\.0\.1:\d+\/ \(certificate sha256:[0-9a-f]{64}\)/);
  await demo.see(/put .*server\/server\.ts: .*SHA-256 verified/);
  await demo.see(/large file +\d+% +\[=+> *\] .*M\/48\.0M +\d\S*M\/s/);
  const [, files] = await demo.see(/All (\d+) files came back as they were/);
  assert.ok(Number(files) > 200, demo.text);
  assert.equal(await demo.end(), 0, demo.text);
});
