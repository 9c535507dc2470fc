// ProFTPD as Debian sets it up: every data connection must resume the control connection's TLS session.

import assert from "node:assert/strict";
import { join } from "node:path";
import { digestTree, noise } from "../support/file_tree.ts";
import { startProftpd } from "../support/peers/proftpd.ts";
import { runFtp } from "../support/program.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("more files than TLS 1.3 gives tickets go to ProFTPD and come back", async () => {
  await using here = await temporaryDirectory();
  await using peer = await startProftpd({ tls: true });
  // A process of its own: the runtime keeps the sessions of all servers at one address together.
  const env = {
    FTP_SERVER: `127.0.0.1:${peer.port}`,
    FTP_USER: peer.user,
    FTP_PASSWORD: peer.password,
    FTP_TLS: "required",
  };
  await Deno.mkdir(join(here.path, "tree"));
  for (const [at, size] of [0, 1, 70_000, 5_000_000, 3].entries()) {
    await Deno.writeFile(join(here.path, "tree", `file ${at}`), noise(size, at + 1));
  }
  const target = `${peer.writable}tree`;
  const options = { cwd: here.path, env };
  const up = await runFtp(["put", "-r", "tree", "-t", target, "--insecure"], options);
  assert.equal(up.code, 0, up.stderr);
  const down = await runFtp(["get", "-r", target, "-o", "copy", "-j", "4", "--insecure"], options);
  assert.equal(down.code, 0, down.stderr);
  const copies = await digestTree(join(here.path, "copy"));
  assert.deepEqual(copies, await digestTree(join(here.path, "tree")));
});
