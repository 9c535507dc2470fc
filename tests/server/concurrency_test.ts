// Many clients at once through one server process: each gets its own bytes, and none waits for a slow one.

import assert from "node:assert/strict";
import type { Client } from "../../client/client.ts";
import { connect } from "../../client/connect.ts";
import { Secret } from "../../shared/secret.ts";
import { digestTree, noise, sha256 } from "../support/file_tree.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const PASSWORD = "difference engine";
/** As many as the server lets in from one address. */
const CLIENTS = 100;

async function open(server: ServerProcess, tls: "required" | "off"): Promise<Client> {
  const client = await connect({
    host: "127.0.0.1",
    port: server.port,
    tls,
    trust: { kind: "anything" },
  });
  await client.login("ada", new Secret(PASSWORD));
  return client;
}

Deno.test("100 clients at once, every second over TLS, move 100 different files up and down", async () => {
  await using server = await startServer({ users: { ada: PASSWORD } });
  await using local = await temporaryDirectory();
  await using stack = new AsyncDisposableStack();
  const numbers = [...Array(CLIENTS).keys()];
  const clients = await Promise.all(numbers.map(async (number) => {
    const client = await open(server, number % 2 === 0 ? "off" : "required");
    stack.defer(() => client.close());
    return client;
  }));
  const digests: Record<string, string> = {};
  await Promise.all(clients.map(async (client, number) => {
    const bytes = noise(100_000 + number * 1009, number + 1);
    const name = `file ${number}`;
    digests[name] = sha256(bytes);
    await Deno.writeFile(`${local.path}/${name}`, bytes);
    const result = await client.upload({ path: `${local.path}/${name}` }, `/${name}`);
    assert.equal(result.verified, "SHA-256", name);
  }));
  assert.deepEqual(await digestTree(`${server.home}/ada`), digests);

  await using back = await temporaryDirectory();
  await Promise.all(clients.map(async (client, number) => {
    // Each takes the file of another client.
    const name = `file ${(number + 1) % CLIENTS}`;
    await client.download(`/${name}`, { path: `${back.path}/${name}` }, { verify: "never" });
  }));
  assert.deepEqual(await digestTree(back.path), digests);
});

Deno.test("a client that reads nothing of its download keeps nobody else waiting", async () => {
  // One thread: the others share it with the one that stands still.
  await using server = await startServer({ users: { ada: PASSWORD }, flags: ["--workers", "1"] });
  await Deno.mkdir(`${server.home}/ada`, { recursive: true });
  await Deno.writeFile(`${server.home}/ada/large`, noise(50_000_000));
  await using slow = await open(server, "off");
  await using quick = await open(server, "off");

  const started = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const stalled = slow.download("/large", {
    sink: {
      write() {
        started.resolve();
        return goOn.promise;
      },
    },
  }, { verify: "never" });
  await started.promise;
  let received = 0;
  const sink = {
    write(bytes: Uint8Array) {
      received += bytes.length;
      return Promise.resolve();
    },
  };
  await quick.download("/large", { sink }, { verify: "never" });
  assert.equal(received, 50_000_000);
  goOn.resolve();
  assert.equal((await stalled).size, 50_000_000);
});

Deno.test("a client that sends nothing of its upload keeps nobody else waiting", async () => {
  await using server = await startServer({ users: { ada: PASSWORD }, flags: ["--workers", "1"] });
  await using slow = await open(server, "off");
  await using quick = await open(server, "off");
  const asked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const stalled = slow.upload({
    source: {
      async read() {
        asked.resolve();
        await goOn.promise;
        return null;
      },
    },
  }, "/slow");
  await asked.promise;
  await using local = await temporaryDirectory();
  const bytes = noise(3_000_000);
  await Deno.writeFile(`${local.path}/file`, bytes);
  await quick.upload({ path: `${local.path}/file` }, "/quick");
  assert.equal(sha256(await Deno.readFile(`${server.home}/ada/quick`)), sha256(bytes));
  goOn.resolve();
  assert.equal((await stalled).size, 0);
});
