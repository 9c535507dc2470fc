// Passive data connections: who may connect, when, and what is left afterwards.

import assert from "node:assert/strict";
import { isFault } from "../../shared/fault.ts";
import {
  bytesOf,
  dataChannel,
  dial,
  drop,
  happens,
  never,
  PEER,
  readAll,
} from "../support/data_channels.ts";

/** A port that nobody has at the moment. */
function freePort(): number {
  using listener = Deno.listen({ hostname: PEER, port: 0 });
  return listener.addr.port;
}

/** How often what is taken is asked for again, and how long after. */
const ATTEMPTS = 400;
const PAUSE_MS = 5;

/**
 * Does what needs a port that was given back. Each program that another test starts has whatever is
 * open here, closed here or not, until it runs; what was never given back stays taken.
 */
async function onceFree<T>(work: () => T | Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      const isTaken = error instanceof Deno.errors.AddrInUse ||
        isFault(error, "no-data-connection");
      if (!isTaken || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function assertFree(port: number): Promise<void> {
  return onceFree(() => Deno.listen({ hostname: PEER, port }).close());
}

Deno.test("a client that connects before the transfer is used for it", async () => {
  await using channel = dataChannel();
  const port = await channel.listen();
  const client = await dial(port);
  client.end("early");
  using stream = await channel.open({ secure: false, sends: false }, never());
  assert.equal(await readAll(stream), "early");
  assert.deepEqual(stream.remote.address, PEER);
  await drop(client);
});

Deno.test("a client that connects after the transfer has begun is waited for", async () => {
  await using channel = dataChannel();
  const port = await channel.listen();
  const opening = channel.open({ secure: false, sends: false }, never());
  const client = await dial(port);
  using stream = await opening;
  await stream.write(bytesOf("late"));
  await stream.finish();
  const text = await new Promise((resolve) => client.once("data", (b) => resolve(String(b))));
  assert.equal(text, "late");
  await drop(client);
});

Deno.test("a connection from another address is dropped and the waiting goes on", async () => {
  await using channel = dataChannel();
  const port = await channel.listen();
  const opening = channel.open({ secure: false, sends: false }, never());
  const stranger = await dial(port, "127.0.0.2");
  stranger.resume();
  await happens(stranger, "end");
  const client = await dial(port);
  client.end("mine");
  using stream = await opening;
  assert.equal(await readAll(stream), "mine");
  await Promise.all([drop(client), drop(stranger)]);
});

Deno.test("a connection that was reset before it was accepted does not end the waiting", async () => {
  await using channel = dataChannel();
  const port = await channel.listen();
  const opening = channel.open({ secure: false, sends: false }, never());
  for (let i = 0; i < 5; i++) {
    const stranger = await dial(port, "127.0.0.3");
    stranger.resetAndDestroy();
    await drop(stranger);
  }
  const client = await dial(port);
  client.end("still here");
  using stream = await opening;
  assert.equal(await readAll(stream), "still here");
  await drop(client);
});

Deno.test("after its one connection the listener is gone and its port free", async () => {
  await using channel = dataChannel();
  const port = await channel.listen();
  const client = await dial(port);
  using stream = await channel.open({ secure: false, sends: false }, never());
  await assert.rejects(dial(port), { code: "ECONNREFUSED" });
  assert.equal(channel.arranged, false);
  await assert.rejects(
    channel.open({ secure: false, sends: false }, never()),
    (e) => isFault(e, "no-data-connection"),
  );
  stream.close();
  await drop(client);
});

Deno.test("arranging anew gives the earlier port back, even to itself in a range of one", async () => {
  const port = freePort();
  await using channel = dataChannel({ passivePorts: { first: port, last: port } });
  for (let i = 0; i < 20; i++) assert.equal(await onceFree(() => channel.listen()), port);
  channel.forget();
  await channel[Symbol.asyncDispose]();
  await assertFree(port);
});

Deno.test("another port of the range is tried when one is taken", async () => {
  using taken = Deno.listen({ hostname: PEER, port: 0 });
  const { port } = taken.addr;
  await using channel = dataChannel({ passivePorts: { first: port, last: port + 9 } });
  for (let i = 0; i < 20; i++) {
    const got = await channel.listen();
    assert.ok(got > port && got <= port + 9, `port ${got}`);
  }
});

Deno.test("the one free port of a long range is found", async () => {
  const hostname = "127.0.0.33"; // where nobody else takes a port
  const passivePorts = { first: 20_000, last: 20_299 };
  using taken = new DisposableStack();
  for (let port = passivePorts.first; port < passivePorts.last; port++) {
    taken.use(Deno.listen({ hostname, port }));
  }
  await using channel = dataChannel({ passivePorts }, { address: hostname });
  assert.equal(await channel.listen(), passivePorts.last);
});

Deno.test("a range without a free port is told", async () => {
  using taken = Deno.listen({ hostname: PEER, port: 0 });
  const { port } = taken.addr;
  await using channel = dataChannel({ passivePorts: { first: port, last: port } });
  await assert.rejects(channel.listen(), (e) => isFault(e, "no-data-connection"));
  assert.equal(channel.arranged, false);
});

Deno.test("a client that never comes is given up after the limit", async () => {
  const port = freePort();
  await using channel = dataChannel({
    passivePorts: { first: port, last: port },
    dataConnectTimeoutMs: 50,
  });
  await channel.listen();
  await assert.rejects(
    channel.open({ secure: false, sends: false }, never()),
    (e) => isFault(e, "no-data-connection"),
  );
  await assertFree(port);
});

Deno.test("an abort ends the waiting and frees the port", async () => {
  const port = freePort();
  await using channel = dataChannel({ passivePorts: { first: port, last: port } });
  await channel.listen();
  const abort = new AbortController();
  const opening = channel.open({ secure: false, sends: false }, abort.signal);
  abort.abort();
  await assert.rejects(opening, (e) => isFault(e, "aborted"));
  await assertFree(port);
});

Deno.test("the end of the session drops a client that came early and was never used", async () => {
  const channel = dataChannel();
  const client = await dial(await channel.listen());
  client.resume();
  const ended = happens(client, "end");
  channel.close();
  await channel[Symbol.asyncDispose]();
  await ended;
  await drop(client);
});

Deno.test("a session over IPv6 listens on IPv6", async () => {
  await using channel = dataChannel({}, { address: "::1" });
  const port = await channel.listen();
  using client = await Deno.connect({ hostname: "::1", port });
  using stream = await channel.open({ secure: false, sends: false }, never());
  await client.write(bytesOf("six"));
  await client.closeWrite();
  assert.equal(await readAll(stream), "six");
});
