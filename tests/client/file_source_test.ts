// A local file on its way to a server: started once more it is whole, shorter than it was it is no upload.

import assert from "node:assert/strict";
import { join } from "node:path";
import { connect } from "../../client/connect.ts";
import { fileSource } from "../../client/local_file.ts";
import { Secret } from "../../shared/secret.ts";
import { noise } from "../support/file_tree.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { assertSameBytes } from "../support/same_bytes.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const PIECE_BYTES = 64 * 1024;

Deno.test("a read that a given-up transfer left behind takes nothing of the next one", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "file");
  const content = noise(3 * PIECE_BYTES, 1);
  await Deno.writeFile(path, content);
  for (let time = 0; time < 50; time++) {
    using file = await Deno.open(path);
    const source = fileSource(file);
    const leftBehind = source.read(new Uint8Array(PIECE_BYTES));
    await source.rewind(0);
    const again = new Uint8Array(PIECE_BYTES);
    assert.equal(await source.read(again), PIECE_BYTES);
    assertSameBytes(again, content.subarray(0, PIECE_BYTES));
    await leftBehind;
  }
});

Deno.test("a file that becomes shorter while it is sent is not told to be stored", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "file");
  await Deno.writeFile(path, noise(8_000_000, 1));
  await using server = await InProcessServer.start();
  await using client = await connect({
    host: "localhost",
    port: server.port,
    tls: "off",
    trust: { kind: "anything" },
  });
  await client.login(USER, new Secret(PASSWORD));
  const upload = client.upload({ path }, "/file", {
    verify: "never",
    onProgress: () => Deno.truncateSync(path, 1_000),
  });
  await assert.rejects(upload, { name: "Fault", kind: "truncated" });
});
