// An overwrite that was interrupted is carried on by our own client, and what is whole becomes a file.

import assert from "node:assert/strict";
import { join } from "node:path";
import { connect } from "../../client/connect.ts";
import type { Client } from "../../client/client.ts";
import { openDiskStorage } from "../../server/storage/disk_storage.ts";
import { Secret } from "../../shared/secret.ts";
import { noise, sha256 } from "../support/file_tree.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";
import { at } from "../support/storage_steps.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary_directory.ts";

const BYTES = noise(3_000_000);

/** A server on which so much of `/a` has come before the upload broke off; a client, and what it says. */
async function interrupted(old: Uint8Array | undefined, came: Uint8Array) {
  await using resources = new AsyncDisposableStack();
  const server = resources.use(await InProcessServer.start());
  if (old !== undefined) await Deno.writeFile(join(server.root, "a"), old);
  const { home, root } = server;
  const storage = await openDiskStorage({ home, root, account: USER });
  {
    await using upload = await storage.write(at("/a"), { mode: "replace" });
    await upload.write(came);
  }
  const said: string[] = [];
  const client = resources.use(
    await connect({
      host: "localhost",
      port: server.port,
      tls: "off",
      trust: { kind: "anything" },
      dialogue: ({ text }) => void said.push(text),
    }),
  );
  await client.login(USER, new Secret(PASSWORD));
  const local: TemporaryDirectory = resources.use(await temporaryDirectory());
  const path = join(local.path, "a");
  await Deno.writeFile(path, BYTES);
  const kept = resources.move();
  return {
    client: client as Client,
    path,
    said,
    stored: async () => sha256(await Deno.readFile(join(server.root, "a"))),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

Deno.test("an interrupted overwrite is proven and carried on, and only then replaces the file", async () => {
  const old = noise(5_000_000, 7);
  await using trial = await interrupted(old, BYTES.subarray(0, 1_000_000));
  assert.equal(await trial.stored(), sha256(old));
  const { client, path } = trial;
  const result = await client.upload({ path }, "a", { existing: "replace" });
  assert.equal(result.resumedFrom, 1_000_000);
  assert.equal(result.movedBytes, 2_000_000);
  assert.equal(result.verified, "SHA-256");
  assert.equal(await trial.stored(), sha256(BYTES));
});

Deno.test("an interrupted overwrite with another content goes on from where both are the same", async () => {
  const other = BYTES.slice(0, 2_500_000);
  other.fill(0, 1_100_000);
  await using trial = await interrupted(noise(100, 7), other);
  const { client, path } = trial;
  const result = await client.upload({ path }, "a", { existing: "replace" });
  assert.ok(result.resumedFrom <= 1_100_000);
  assert.equal(await trial.stored(), sha256(BYTES));
});

Deno.test("without being told to overwrite, an interrupted overwrite is left alone", async () => {
  const old = noise(5_000_000, 7);
  await using trial = await interrupted(old, BYTES.subarray(0, 1_000_000));
  const { client, path } = trial;
  await assert.rejects(client.upload({ path }, "a"), { name: "AlreadyThere", why: "different" });
  assert.equal(await trial.stored(), sha256(old));
  assert.ok(!trial.said.some((text) => text.startsWith("SITE RESUME")));
});

for (const existing of ["resume", "replace"] as const) {
  Deno.test(`an upload that broke off after its last byte still becomes a file (${existing})`, async () => {
    await using trial = await interrupted(undefined, BYTES);
    const { client, path } = trial;
    const result = await client.upload({ path }, "a", { existing });
    assert.equal(result.movedBytes, 0);
    assert.equal(result.verified, "SHA-256");
    assert.equal(await trial.stored(), sha256(BYTES));
  });
}
