// Texts (TYPE A) against servers we did not write: their line ends on disk are theirs, ours here are ours.

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Proof } from "../../client/client.ts";
import { connect } from "../../client/connect.ts";
import { Secret } from "../../shared/secret.ts";
import { PLAIN_PEERS } from "../support/peers/plain_peers.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const ASCII = { type: "ascii", existing: "replace" } as const;

/** Line ends at every place of a server's buffer. */
const LINES = Array.from({ length: 1200 }, (_, length) => "x".repeat(length));

for (const [name, start] of PLAIN_PEERS) {
  Deno.test(`a text arrives with LF there and here, the next file as it is: ${name}`, async () => {
    await using server = await start();
    await using folder = await temporaryDirectory();
    const place = { host: "127.0.0.1", port: server.port, tls: "off" } as const;
    await using client = await connect({ ...place, trust: { kind: "anything" } });
    await client.login(server.user, new Secret(server.password));
    const [lf, crlf] = ["\n", "\r\n"].map((end) => LINES.map((line) => line + end).join(""));
    const local = join(folder.path, "text");
    const remote = `${server.writable}text`;
    // Not every server has its root where its files are.
    const there = remote.startsWith(server.root) ? remote : join(server.root, remote);
    const onDisk = () => Deno.readTextFile(there);
    for (const content of [lf, crlf]) {
      await Deno.writeTextFile(local, content!);
      const up = await client.upload({ path: local }, remote, ASCII);
      assert.deepEqual([up.movedBytes, up.verified], [crlf!.length, "size" satisfies Proof]);
      assert.equal(await onDisk(), lf);
      const down = await client.download(remote, { path: local }, ASCII);
      assert.deepEqual([down.size, down.verified], [lf!.length, "size"]);
      assert.equal(await Deno.readTextFile(local), lf);
    }
    await Deno.writeTextFile(local, crlf!);
    await client.upload({ path: local }, remote, { existing: "replace" });
    assert.equal(await onDisk(), crlf);
  });
}
