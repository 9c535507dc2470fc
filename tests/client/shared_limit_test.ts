// A limit is one for all files that travel side by side, not one for each.

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Client } from "../../client/client.ts";
import { connect } from "../../client/connect.ts";
import { DEFAULT_TRANSFER_FLAGS, transferPolicy } from "../../client/operations/transfer_policy.ts";
import { Secret } from "../../shared/secret.ts";
import { noise } from "../support/file_tree.ts";
import { InProcessServer, PASSWORD, USER } from "../support/in_process_server.ts";

const NAMES = ["a", "b", "c", "d"];
const FILE_BYTES = 256 * 1024;

Deno.test("four files over four connections take as long as their bytes at the one rate", async () => {
  await using server = await InProcessServer.start();
  await using clients = new AsyncDisposableStack();
  const open = async (name: string): Promise<Client> => {
    await Deno.writeFile(join(server.root, name), noise(FILE_BYTES));
    const place = { host: "127.0.0.1", port: server.port, tls: "off" } as const;
    const client = clients.use(await connect({ ...place, trust: { kind: "anything" } }));
    await client.login(USER, new Secret(PASSWORD));
    return client;
  };
  const opened = await Promise.all(NAMES.map(open));
  const flags = { ...DEFAULT_TRANSFER_FLAGS, limitRate: 1024 * 1024 };
  const { options } = transferPolicy(flags, { canAsk: false });
  const sink = { write: () => Promise.resolve() };
  const startMs = performance.now();
  await Promise.all(opened.map((client, at) => client.download(NAMES[at]!, { sink }, options)));
  // Each by itself needs a quarter of a second; all of them together a second, without the burst at its start.
  assert.ok(performance.now() - startMs > 600);
});
