// rclone against the real server over TLS: copies a tree up, checks it, copies it down.

import assert from "node:assert/strict";
import { digestTree, writeTree } from "../support/file_tree.ts";
import { runWell } from "../support/program.ts";
import { startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("rclone copies a tree up over TLS, finds it equal, and copies it down", async () => {
  await using server = await startServer({ users: { ada: "difference engine" } });
  await using local = await temporaryDirectory();
  const password = (await runWell("rclone", ["obscure", "difference engine"])).trim();
  const env = {
    HOME: local.path,
    RCLONE_CONFIG: `${local.path}/none.conf`,
    RCLONE_FTP_HOST: server.host,
    RCLONE_FTP_PORT: String(server.port),
    RCLONE_FTP_USER: "ada",
    RCLONE_FTP_PASS: password,
    RCLONE_FTP_EXPLICIT_TLS: "true",
    RCLONE_FTP_NO_CHECK_CERTIFICATE: "true",
  };
  const [up, down] = [`${local.path}/up`, `${local.path}/down`];
  const sent = await writeTree(up, 50);
  await runWell("rclone", ["copy", "--retries=1", up, ":ftp:tree"], { env });
  assert.deepEqual(await digestTree(`${server.home}/ada/tree`), sent);
  await runWell("rclone", ["check", "--download", up, ":ftp:tree"], { env });
  await runWell("rclone", ["copy", "--retries=1", ":ftp:tree", down], { env });
  assert.deepEqual(await digestTree(down), sent);
});
