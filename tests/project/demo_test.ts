// The newcomer's tour works from its first line to its last.

import assert from "node:assert/strict";
import { REPOSITORY, runWell } from "../support/program.ts";

Deno.test("the demo moves files of this repository up and down and finds them equal", async () => {
  const said = await runWell(Deno.execPath(), ["task", "demo"], {
    cwd: REPOSITORY,
    limitMs: 180_000,
  });
  assert.match(said, /listening on ftp:\/\/127\.0\.0\.1:\d+\/ \(certificate sha256:[0-9a-f]{64}\)/);
  assert.match(said, /All \d+ files came back as they were/);
});
