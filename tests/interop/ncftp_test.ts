// ncftp's commands against the real server, in clear on loopback.

import assert from "node:assert/strict";
import { digestTree, noise, writeTree } from "../support/file_tree.ts";
import { runWell } from "../support/program.ts";
import { assertSameBytes } from "../support/same_bytes.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const USERS = { ada: "difference engine" };

function login(server: ServerProcess): string[] {
  return ["-u", "ada", "-p", USERS.ada, "-P", String(server.port)];
}

Deno.test("ncftp puts a tree, lists it and gets it back", async () => {
  await using server = await startServer({ users: USERS });
  await using local = await temporaryDirectory();
  const options = { cwd: local.path, env: { HOME: local.path, LC_ALL: "C.UTF-8" } };
  const sent = await writeTree(`${local.path}/tree`, 20);
  await runWell("ncftpput", ["-R", "-V", ...login(server), "127.0.0.1", "/", "tree"], options);
  assert.deepEqual(await digestTree(`${server.home}/ada/tree`), sent);
  const names = await runWell("ncftpls", [
    ...login(server),
    `ftp://127.0.0.1/tree/plain/`,
  ], options);
  assert.match(names, /readme\.txt/);
  await Deno.mkdir(`${local.path}/back`);
  await runWell("ncftpget", [
    "-R",
    "-V",
    ...login(server),
    "127.0.0.1",
    `${local.path}/back`,
    "/tree",
  ], options);
  assert.deepEqual(await digestTree(`${local.path}/back/tree`), sent);
});

Deno.test("ncftp carries on a download that is half done", async () => {
  await using server = await startServer({ users: USERS });
  await using local = await temporaryDirectory();
  const bytes = noise(1_000_003);
  await Deno.mkdir(`${server.home}/ada`, { recursive: true });
  await Deno.writeFile(`${server.home}/ada/file`, bytes);
  await Deno.writeFile(`${local.path}/file`, bytes.subarray(0, 400_000));
  // Without the server's time ncftp takes the half for a file of its own.
  const [whole, half] = [`${server.home}/ada/file`, `${local.path}/file`];
  const { mtime } = await Deno.stat(whole);
  await Deno.utime(half, mtime ?? 0, mtime ?? 0);
  await runWell("ncftpget", ["-z", "-V", ...login(server), "127.0.0.1", local.path, "/file"], {
    env: { HOME: local.path },
  });
  assertSameBytes(await Deno.readFile(half), bytes);
});
