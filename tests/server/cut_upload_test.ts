// An upload over TLS that somebody cut off: complete only where its size was announced.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { runWell } from "../support/program.ts";

const PROGRAM = fileURLToPath(new URL("../support/cut_uploads.py", import.meta.url));

Deno.test("without close_notify an upload is whole only if ALLO announced exactly its size", async () => {
  await using server = await InProcessServer.start();
  const output = await runWell("python3", [PROGRAM, String(server.port), USER, PASSWORD]);
  assert.deepEqual(output.trim().split("\n"), [
    "None 426 10",
    "9 426 10",
    "10 226 10",
    "11 426 10",
  ]);
  const visible = [...Deno.readDirSync(server.root)].map((entry) => entry.name);
  assert.deepEqual(visible, ["announced-10"]);
});
