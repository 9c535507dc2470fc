// aria2 against the real server: one file through several connections at once.

import assert from "node:assert/strict";
import { noise, sha256 } from "../support/file_tree.ts";
import { runWell } from "../support/program.ts";
import { startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("aria2 downloads one file in four pieces at once", async () => {
  await using server = await startServer({ users: { ada: "engine" } });
  await using local = await temporaryDirectory();
  const bytes = noise(12_000_001);
  await Deno.mkdir(`${server.home}/ada`, { recursive: true });
  await Deno.writeFile(`${server.home}/ada/große datei`, bytes);
  await runWell("aria2c", [
    "--no-conf",
    "--quiet",
    "--split=4",
    "--max-connection-per-server=4",
    "--min-split-size=1M",
    "--ftp-user=ada",
    "--ftp-passwd=engine",
    `--dir=${local.path}`,
    "--out=file",
    `ftp://${server.address}/${encodeURIComponent("große datei")}`,
  ], { env: { HOME: local.path } });
  assert.equal(sha256(await Deno.readFile(`${local.path}/file`)), sha256(bytes));
});
