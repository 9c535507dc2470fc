// Python's ftplib against the real server, over TLS with protected data connections.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { noise, sha256 } from "../support/file_tree.ts";
import { runWell } from "../support/program.ts";
import { startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const SCRIPT = fileURLToPath(new URL("./ftplib_session.py", import.meta.url));
const USERS = { ada: "difference engine" };

Deno.test("ftplib uploads, lists, downloads, aborts and goes on, with protected data", async () => {
  await using server = await startServer({ users: USERS });
  await using local = await temporaryDirectory();
  const bytes = noise(20_000_003);
  await Deno.writeFile(`${local.path}/file`, bytes);
  const output = await runWell("/usr/bin/python3", [
    SCRIPT,
    String(server.port),
    "ada",
    USERS.ada,
    `${local.path}/file`,
  ]);
  const told = JSON.parse(output);
  const digest = sha256(bytes);
  assert.equal(sha256(await Deno.readFile(`${server.home}/ada/Größe 文.bin`)), digest);
  assert.equal(told.digest, digest);
  assert.equal(told.size, bytes.length);
  assert.deepEqual(told.facts, { type: "file", size: String(bytes.length) });
  assert.deepEqual(told.names, ["Größe 文.bin"]);
  assert.match(told.aborted, /^(226|225|426)/);
  assert.equal(told.directoryAfterAbort, "/");
  assert.equal(told.digestAfterAbort, digest);
  assert.match(told.goodbye, /^221/);
});
