// wput against the real server: uploads, and carries on what it finds half done.

import assert from "node:assert/strict";
import { noise } from "../support/file_tree.ts";
import { runWell } from "../support/program.ts";
import { assertSameBytes } from "../support/same_bytes.ts";
import { startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("wput uploads a file into a folder it makes, then carries on a longer one", async () => {
  // It takes TLS wherever it is offered, and its TLS of 2013 reads nothing after the handshake of
  // today's, from no server: so here none is offered.
  await using server = await startServer({ users: { ada: "engine" }, flags: ["--tls", "off"] });
  await using local = await temporaryDirectory();
  const bytes = noise(700_001);
  const options = { cwd: local.path, env: { HOME: local.path } };
  const url = `ftp://ada:engine@${server.address}/new/folder/file`;
  await Deno.writeFile(`${local.path}/file`, bytes.subarray(0, 300_000));
  await runWell("wput", ["--binary", "--tries=2", "file", url], options);
  assert.deepEqual(
    await Deno.readFile(`${server.home}/ada/new/folder/file`),
    bytes.slice(0, 300_000),
  );
  await Deno.writeFile(`${local.path}/file`, bytes);
  await runWell("wput", ["--binary", "--tries=2", "file", url], options);
  assertSameBytes(await Deno.readFile(`${server.home}/ada/new/folder/file`), bytes);
});
