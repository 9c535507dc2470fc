// Active data connections in clear: where they go to, where they come from, and what is refused.

import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { isFault } from "../../shared/fault.ts";
import { bytesOf, dataChannel, never, PEER, readAll } from "../support/data_channels.ts";

Deno.test("the server connects to the client and bytes travel both ways", async () => {
  await using channel = dataChannel();
  using listener = Deno.listen({ hostname: PEER, port: 0 });
  channel.aim({ address: PEER, port: listener.addr.port });
  assert.equal(channel.arranged, true);
  const [stream, client] = await Promise.all([
    channel.open({ secure: false, sends: false }, never()),
    listener.accept(),
  ]);
  assert.equal(channel.arranged, false);
  assert.equal(stream.secure, false);
  assert.equal(stream.remote.port, listener.addr.port);
  await stream.write(bytesOf("down"));
  await stream.finish();
  await client.write(bytesOf("up"));
  await client.closeWrite();
  assert.equal(await readAll(client), "down");
  assert.equal(await readAll(stream), "up");
  stream.close();
  client.close();
});

Deno.test("it comes from the address that the client's control connection goes to", async () => {
  await using channel = dataChannel({}, { address: "127.0.0.5" });
  using listener = Deno.listen({ hostname: "127.0.0.5", port: 0 });
  channel.aim({ address: "127.0.0.5", port: listener.addr.port });
  const [stream, client] = await Promise.all([
    channel.open({ secure: false, sends: false }, never()),
    listener.accept(),
  ]);
  assert.equal(client.remoteAddr.hostname, "127.0.0.5");
  stream.close();
  client.close();
});

Deno.test("IPv6 works, and an IPv4 address written as IPv6 is that address", async () => {
  await using six = dataChannel({}, { address: "::1" });
  using listener = Deno.listen({ hostname: "::1", port: 0 });
  six.aim({ address: "::1", port: listener.addr.port });
  const [stream, client] = await Promise.all([
    six.open({ secure: false, sends: false }, never()),
    listener.accept(),
  ]);
  stream.close();
  client.close();
  await using four = dataChannel();
  four.aim({ address: `::ffff:${PEER}`, port: 5000 });
  assert.equal(four.arranged, true);
});

Deno.test("another address or a low port is denied and forgets what was arranged", async () => {
  const refused = [
    { address: "127.0.0.2", port: 5000 },
    { address: "192.0.2.1", port: 5000 },
    { address: "::1", port: 5000 },
    { address: PEER, port: 1023 },
    { address: PEER, port: 0 },
  ];
  for (const target of refused) {
    await using channel = dataChannel();
    channel.aim({ address: PEER, port: 1024 });
    assert.throws(() => channel.aim(target), (e) => isFault(e, "denied"));
    assert.equal(channel.arranged, false);
    await channel.listen();
    assert.throws(() => channel.aim(target), (e) => isFault(e, "denied"));
    await assert.rejects(
      channel.open({ secure: false, sends: false }, never()),
      (e) => isFault(e, "no-data-connection"),
    );
  }
});

Deno.test("a client that does not listen is told", async () => {
  await using channel = dataChannel();
  const { port } = (() => {
    using listener = Deno.listen({ hostname: PEER, port: 0 });
    return listener.addr;
  })();
  channel.aim({ address: PEER, port });
  await assert.rejects(
    channel.open({ secure: false, sends: false }, never()),
    (e) => isFault(e, "no-data-connection"),
  );
});

Deno.test("a connection that does not come about is given up after the limit, or on request", async () => {
  // A backlog of one that is full: the system answers no further attempt.
  using full = Deno.listen({ hostname: PEER, port: 0, tcpBacklog: 1 });
  const waiting = await Promise.all(
    Array.from({ length: 2 }, () => Deno.connect({ hostname: PEER, port: full.addr.port })),
  );
  try {
    await using channel = dataChannel({ dataConnectTimeoutMs: 50 });
    channel.aim({ address: PEER, port: full.addr.port });
    await assert.rejects(
      channel.open({ secure: false, sends: false }, never()),
      (e) => isFault(e, "no-data-connection"),
    );
    channel.aim({ address: PEER, port: full.addr.port });
    const signal = AbortSignal.abort();
    await assert.rejects(
      channel.open({ secure: false, sends: false }, signal),
      (e) => isFault(e, "aborted"),
    );
  } finally {
    for (const conn of waiting) conn.close();
  }
});

Deno.test("a transfer that is aborted ends its pending read and write", async () => {
  await using channel = dataChannel();
  using listener = Deno.listen({ hostname: PEER, port: 0 });
  channel.aim({ address: PEER, port: listener.addr.port });
  const [stream, client] = await Promise.all([
    channel.open({ secure: false, sends: false }, never()),
    listener.accept(),
  ]);
  const reading = stream.read(new Uint8Array(10));
  const writing = stream.write(new Uint8Array(64 * 1024 * 1024));
  stream.close();
  await assert.rejects(reading, (e) => isFault(e, "aborted"));
  await assert.rejects(writing, (e) => isFault(e, "aborted"));
  client.close();
});

Deno.test("a client that resets is told apart from one that ends", async () => {
  await using channel = dataChannel();
  const arrived = Promise.withResolvers<Socket>();
  const server = createServer(arrived.resolve);
  await new Promise<void>((resolve) => server.listen(0, PEER, resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  channel.aim({ address: PEER, port: address.port });
  const [stream, client] = await Promise.all([
    channel.open({ secure: false, sends: false }, never()),
    arrived.promise,
  ]);
  client.write("half");
  const into = new Uint8Array(10);
  assert.equal(await stream.read(into), 4);
  client.resetAndDestroy();
  await assert.rejects(stream.read(into), (e) => isFault(e, "truncated"));
  stream.close();
  await new Promise((resolve) => server.close(resolve));
});

Deno.test("a long upload arrives whole, however late it is read", async () => {
  await using channel = dataChannel();
  using listener = Deno.listen({ hostname: PEER, port: 0 });
  channel.aim({ address: PEER, port: listener.addr.port });
  const [stream, client] = await Promise.all([
    channel.open({ secure: false, sends: false }, never()),
    listener.accept(),
  ]);
  const total = 16 * 1024 * 1024;
  const sending = (async () => {
    const block = new Uint8Array(1024 * 1024).fill(7);
    for (let at = 0; at < total; at += block.length) {
      for (let done = 0; done < block.length;) done += await client.write(block.subarray(done));
    }
    await client.closeWrite();
  })();
  let received = 0;
  const into = new Uint8Array(100_000);
  for (let n = await stream.read(into); n !== null; n = await stream.read(into)) {
    assert.ok(into.subarray(0, n).every((octet) => octet === 7));
    received += n;
  }
  await sending;
  assert.equal(received, total);
  stream.close();
  client.close();
});

Deno.test("nothing is arranged once the session has ended", async () => {
  const channel = dataChannel();
  channel.close();
  await assert.rejects(channel.listen(), (e) => isFault(e, "aborted"));
  assert.equal(channel.arranged, false);
});
