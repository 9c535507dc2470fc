// ABOR as TCP urgent data, which only a foreign program can send: the reading must never stall on it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";

const PROGRAM = new URL("../support/urgent_aborts.py", import.meta.url).pathname;

Deno.test("every form of an urgent ABOR is heard at once, during a transfer and after it", async () => {
  await using server = await InProcessServer.start();
  await Deno.writeFile(join(server.root, "big"), new Uint8Array(32 * 1024 * 1024));
  const { code, stdout, stderr } = await new Deno.Command("python3", {
    args: [PROGRAM, String(server.port), USER, PASSWORD],
    signal: AbortSignal.timeout(60_000),
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  assert.equal(new TextDecoder().decode(stdout).trim().split("\n").length, 5);
});
