// Five seconds of the fuzzer in the gate; `deno task fuzz` runs it for longer, with other seeds.

import assert from "node:assert/strict";
import { fuzz } from "../fuzz/fuzz_run.ts";

/** Each takes five seconds because the gate shall always hold some of it, and no more. */
const SECONDS = 5;

Deno.test("clients that follow no rules leave a server that answers and has lost nothing", async () => {
  const { counts, findings } = await fuzz({ seed: 20_261_121, seconds: SECONDS });
  assert.deepEqual(findings, []);
  const { sessionsBegun, logins, received } = counts;
  assert.ok(sessionsBegun > 20 && logins > 5 && received > 0, JSON.stringify(counts));
});
