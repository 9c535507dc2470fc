// Many files over several connections: all arrive, also where the server takes fewer connections than were asked for.

import assert from "node:assert/strict";
import { join } from "node:path";
import { define as get } from "../../client/commands/get.ts";
import { define as put } from "../../client/commands/put.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { digestTree, noise } from "../support/file_tree.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { runFtp } from "../support/program.ts";
import { assertSameBytes } from "../support/same_bytes.ts";
import { startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

async function makeTree(root: string): Promise<void> {
  for (const folder of ["", "one", "one/deeper", "two", "empty"]) {
    await Deno.mkdir(join(root, folder), { recursive: true });
    if (folder === "empty") continue;
    for (let at = 0; at < 8; at++) {
      await Deno.writeFile(join(root, folder, `file ${at}`), noise(at * 1000, at + 1));
    }
  }
}

Deno.test("a folder travels over more connections than the server takes, both ways", async () => {
  await using here = await temporaryDirectory();
  await using server = await startServer({
    users: { ann: "secret" },
    flags: ["--max-per-address", "3", "--tls", "off"],
  });
  const env = { FTP_SERVER: server.address, FTP_USER: "ann", FTP_PASSWORD: "secret" };
  await makeTree(join(here.path, "tree"));
  const flags = ["-r", "-j", "6", "--tls", "off"];
  const up = await runFtp(["put", "tree", ...flags], { cwd: here.path, env });
  assert.equal(up.code, 0, up.stderr);
  const down = await runFtp(["get", "tree", "-o", "copy", ...flags], { cwd: here.path, env });
  assert.equal(down.code, 0, down.stderr);
  assert.equal(down.stderr.match(/^get /gm)?.length, 32, down.stderr);
  const copies = await digestTree(join(here.path, "copy"));
  assert.deepEqual(copies, await digestTree(join(here.path, "tree")));
  assert.equal((await Deno.stat(join(here.path, "copy", "empty"))).isDirectory, true);
});

Deno.test("files that are named one by one travel side by side, too, both ways", async () => {
  await using server = await InProcessServer.start();
  await using here = await temporaryDirectory();
  const names = ["a", "b", "c"];
  const paths = names.map((name) => join(here.path, name));
  for (const [at, path] of paths.entries()) await Deno.writeFile(path, noise(1024 * 1024, at + 1));
  const env = {
    FTP_SERVER: `127.0.0.1:${server.port}`,
    FTP_USER: USER,
    FTP_PASSWORD: PASSWORD,
  };
  const flags = ["-j", "3", "--limit-rate", "4M", "--insecure"];
  const logins = () => server.log.lines.filter(({ event }) => event === "login").length;
  const up = await runInProcess({ define: put }, ["put", ...paths, ...flags], { env });
  assert.deepEqual([up.code, logins()], [0, 3], up.stderr);
  await Deno.mkdir(join(here.path, "copy"));
  const args = ["get", "/[abc]", "-o", join(here.path, "copy"), ...flags];
  const down = await runInProcess({ define: get }, args, { env });
  assert.deepEqual([down.code, logins()], [0, 6], down.stderr);
  for (const [at, name] of names.entries()) {
    const copy = await Deno.readFile(join(here.path, "copy", name));
    assertSameBytes(copy, noise(1024 * 1024, at + 1));
  }
});

Deno.test("how many connections is a number that makes sense", async () => {
  for (const count of ["0", "65", "many"]) {
    const { code, stderr } = await runFtp(["get", "x", "-j", count]);
    assert.equal(code, 2);
    assert.match(stderr, /1 to 64/);
  }
});
