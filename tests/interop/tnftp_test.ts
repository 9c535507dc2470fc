// tnftp, the classic BSD client, against the real server in clear on loopback.

import assert from "node:assert/strict";
import { noise } from "../support/file_tree.ts";
import { runWell } from "../support/program.ts";
import { assertSameBytes } from "../support/same_bytes.ts";
import { startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("tnftp logs in, moves files both ways, carries one on, renames, deletes", async () => {
  await using server = await startServer({ users: { ada: "engine" } });
  await using local = await temporaryDirectory();
  const bytes = noise(900_001);
  await Deno.writeFile(`${local.path}/up`, bytes);
  await Deno.writeFile(`${local.path}/half`, bytes.subarray(0, 300_000));
  const said = await runWell("tnftp", ["-n", "-v", "127.0.0.1", String(server.port)], {
    cwd: local.path,
    env: { HOME: local.path },
    stdin: [
      "user ada engine",
      "binary",
      'mkdir "new folder"',
      'cd "new folder"',
      "put up one",
      "reget one half",
      "get one down",
      "size one",
      "rename one two",
      "nlist",
      "put up three",
      "delete three",
      "ls",
      "bye",
      "",
    ].join("\n"),
  });
  assert.match(said, /^221 /m);
  assert.doesNotMatch(said, /^[45]\d\d /m);
  assertSameBytes(await Deno.readFile(`${local.path}/down`), bytes);
  assertSameBytes(await Deno.readFile(`${local.path}/half`), bytes);
  const names = [...Deno.readDirSync(`${server.home}/ada/new folder`)].map(({ name }) => name);
  assert.deepEqual(names, ["two"]);
});
