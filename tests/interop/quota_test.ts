// A quota shared by several workers, filled to the byte by 50 uploads at once, and told to everybody.

import assert from "node:assert/strict";
import { join } from "node:path";
import { noise } from "../support/file_tree.ts";
import { run, runFtpWell, runWell } from "../support/program.ts";
import { startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const UPLOADS = 50;
const EACH_BYTES = 100_001;
const PASSWORD = "difference engine";

Deno.test("50 uploads at once over three workers fill a quota to the byte, and not one byte more fits", async () => {
  await using server = await startServer({ flags: ["--workers", "3"] });
  await server.addUser("ada", PASSWORD, "--quota", `${UPLOADS * EACH_BYTES}`);
  await using local = await temporaryDirectory();
  for (let number = 0; number < UPLOADS; number++) {
    await Deno.writeFile(join(local.path, `f${number}`), noise(EACH_BYTES, number));
  }
  const login = ["-sS", "-u", `ada:${PASSWORD}`];
  const url = `ftp://${server.address}/`;
  const all = join(local.path, `f[0-${UPLOADS - 1}]`);
  await runWell("curl", [...login, "-Z", "--parallel-max", `${UPLOADS}`, "-T", all, url]);
  const stored = [...Deno.readDirSync(join(server.home, "ada"))];
  assert.equal(stored.length, UPLOADS);

  const listed = await runFtpWell(["user", "ls", "--json", "--home", server.home]);
  const { usedBytes, usedFiles } = JSON.parse(listed);
  assert.deepEqual({ usedBytes, usedFiles }, {
    usedBytes: UPLOADS * EACH_BYTES,
    usedFiles: UPLOADS,
  });
  const recounted = await runFtpWell(["user", "recount", "ada", "--home", server.home]);
  assert.match(recounted, /^ada: 4\.77M in 50 files\n$/);

  await Deno.writeTextFile(join(local.path, "more"), "x");
  const more = await run("curl", [...login, "-v", "-T", join(local.path, "more"), url]);
  assert.notEqual(more.code, 0);
  assert.match(more.stderr, /< 552 /);
  const quote = ["-Q", "SITE QUOTA", "-Q", "DELE f0", "-Q", "SITE QUOTA", "-v"];
  const { stderr } = await run("curl", [...login, ...quote, url]);
  assert.match(stderr, /< {2}bytes 5000050 of 5000050\r?\n/);
  assert.match(stderr, /< {2}bytes 4900049 of 5000050\r?\n/);
  await runWell("curl", [...login, "-T", join(local.path, "more"), url]);
});
