// Five seconds of the fuzzer in the gate; `deno task fuzz` runs it for longer, with other seeds.

import assert from "node:assert/strict";
import { REPOSITORY, run } from "../support/program.ts";

/** Each takes five seconds because the gate shall always hold some of it, and no more. */
const SECONDS = 5;

Deno.test("clients that follow no rules leave a server that answers and has lost nothing", async () => {
  // A process of its own: the fuzzer counts what its process has open, and tests share one.
  const args = ["tests/fuzz/fuzz.ts", "--seconds", String(SECONDS), "--seed", "1"];
  const fuzz = await run(Deno.execPath(), ["run", "-A", ...args], { cwd: REPOSITORY });
  assert.equal(fuzz.code, 0, fuzz.stdout + fuzz.stderr);
  assert.match(fuzz.stdout, /^0 findings$/m);
  // Whether it could look for leaks it tells there.
  if (Deno.build.os === "linux") assert.equal(fuzz.stderr, "");
  const told = /^(\d+) sessions, (\d+) logins, \d+ sent, (\d+) received/m.exec(fuzz.stdout) ?? [];
  const [sessions = 0, logins = 0, received = 0] = told.slice(1).map(Number);
  assert.ok(sessions > 20 && logins > 5 && received > 0, fuzz.stdout);
});
