// Data connections over TLS: passive, active and through the relay, with clean and unclean ends.

import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import type { DataChannel } from "../../server/data_channel.ts";
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
  secure,
  testTls,
} from "../support/data_channels.ts";

/** How a client gets its raw connection, and what the server was told to expect before. */
interface Way {
  readonly name: string;
  arrange(channel: DataChannel): Promise<() => Promise<Socket>>;
}

const WAYS: readonly Way[] = [
  {
    name: "passive",
    arrange: async (channel) => {
      const port = await channel.listen();
      return () => dial(port);
    },
  },
  {
    name: "active",
    arrange: async (channel) => {
      const { server, arrival } = await listening();
      channel.aim({ address: PEER, port: portOf(server) });
      return async () => {
        const socket = await arrival;
        server.close();
        return socket;
      };
    },
  },
];

/** A client that listens for one connection. */
async function listening(): Promise<{ server: Server; arrival: Promise<Socket> }> {
  const arrived = Promise.withResolvers<Socket>();
  const server = createServer({ allowHalfOpen: true }, arrived.resolve);
  await new Promise<void>((resolve) => server.listen(0, PEER, resolve));
  return { server, arrival: arrived.promise };
}

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return address.port;
}

/** Opens both ends: the server's stream, the client's TLS and the client's raw socket. */
async function opened(channel: DataChannel, way: Way, { sends = false } = {}) {
  const connect = await way.arrange(channel);
  const [stream, { raw, client }] = await Promise.all([
    channel.open({ secure: true, sends }, never()),
    connect().then(async (raw) => ({ raw, client: await secure(raw) })),
  ]);
  return { stream, raw, client };
}

for (const way of WAYS) {
  Deno.test(`${way.name}: bytes arrive both ways and the end is clean`, async () => {
    using tls = testTls();
    await using channel = dataChannel({}, { tls });
    const { stream, raw, client } = await opened(channel, way, { sends: true });
    assert.equal(stream.secure, true);
    assert.equal(stream.remote.address, PEER);
    assert.equal(stream.remote.port, raw.localPort);
    const heard = new Promise<string>((resolve) => client.once("data", (b) => resolve(String(b))));
    await stream.write(bytesOf("down"));
    assert.equal(await heard, "down");
    client.end("up");
    assert.equal(await readAll(stream), "up");
    await stream.finish();
    stream.close();
    await drop(raw);
  });

  Deno.test(`${way.name}: an upload that ends without close_notify is truncated`, async () => {
    using tls = testTls();
    await using channel = dataChannel({}, { tls });
    const { stream, raw, client } = await opened(channel, way);
    await new Promise<void>((resolve) => client.write("half of it", () => resolve()));
    raw.end();
    await assert.rejects(readAll(stream), (e) => isFault(e, "truncated"));
    stream.close();
    await drop(raw);
  });

  Deno.test(`${way.name}: an upload that is reset is truncated`, async () => {
    using tls = testTls();
    await using channel = dataChannel({}, { tls });
    const { stream, raw, client } = await opened(channel, way);
    await new Promise<void>((resolve) => client.write("half of it", () => resolve()));
    raw.resetAndDestroy();
    await assert.rejects(readAll(stream), (e) => isFault(e, "truncated"));
    stream.close();
    await drop(raw);
  });

  Deno.test(`${way.name}: a download whose reader resets fails`, async () => {
    using tls = testTls();
    await using channel = dataChannel({}, { tls });
    const { stream, raw } = await opened(channel, way, { sends: true });
    raw.resetAndDestroy();
    const block = new Uint8Array(256 * 1024);
    const sending = (async () => {
      for (let i = 0; i < 1000; i++) await stream.write(block);
    })();
    await assert.rejects(sending, (e) => isFault(e, "truncated"));
    stream.close();
    await drop(raw);
  });

  Deno.test(`${way.name}: a handshake that never comes is given up`, async () => {
    using tls = testTls();
    await using channel = dataChannel({ tlsHandshakeTimeoutMs: 50 }, { tls });
    const connect = await way.arrange(channel);
    const opening = channel.open({ secure: true, sends: false }, never());
    const [raw] = await Promise.all([
      connect(),
      assert.rejects(opening, (e) => isFault(e, "tls-failed")),
    ]);
    await drop(raw);
  });

  Deno.test(`${way.name}: a client that speaks no TLS is told apart`, async () => {
    using tls = testTls();
    await using channel = dataChannel({}, { tls });
    const connect = await way.arrange(channel);
    const opening = channel.open({ secure: true, sends: false }, never());
    opening.catch(() => {});
    const raw = await connect();
    raw.on("error", () => {});
    raw.write("GET / HTTP/1.1\r\n\r\n");
    await assert.rejects(opening, (e) => isFault(e, "tls-failed"));
    await drop(raw);
  });

  Deno.test(`${way.name}: an abort ends a handshake`, async () => {
    using tls = testTls();
    await using channel = dataChannel({}, { tls });
    const connect = await way.arrange(channel);
    const abort = new AbortController();
    const opening = channel.open({ secure: true, sends: false }, abort.signal);
    opening.catch(() => {});
    const raw = await connect();
    abort.abort();
    await assert.rejects(opening, (e) => isFault(e, "aborted"));
    await drop(raw);
  });

  Deno.test(`${way.name}: a long stream arrives whole, however late the reader`, async () => {
    using tls = testTls();
    await using channel = dataChannel({}, { tls });
    const { stream, raw, client } = await opened(channel, way, { sends: true });
    const total = 8 * 1024 * 1024;
    const sent = (async () => {
      const block = new Uint8Array(1024 * 1024);
      for (let at = 0; at < total; at += block.length) await stream.write(block);
      await stream.finish();
      stream.close();
    })();
    let received = 0;
    client.on("data", (bytes) => received += bytes.length);
    await happens(client, "end");
    await sent;
    assert.equal(received, total);
    await drop(raw);
  });
}

Deno.test("protection may change between PASV and the transfer, the client connected or not", async () => {
  using tls = testTls();
  await using channel = dataChannel({}, { tls });
  const client = await dial(await channel.listen());
  client.end("clear after all");
  using stream = await channel.open({ secure: false, sends: false }, never());
  assert.equal(stream.secure, false);
  assert.equal(await readAll(stream), "clear after all");
  await drop(client);
});

Deno.test("what a silent client held is closed", async () => {
  using tls = testTls();
  await using channel = dataChannel({ tlsHandshakeTimeoutMs: 20 }, { tls });
  const silent = await dial(await channel.listen());
  silent.resume();
  const ended = happens(silent, "end");
  await assert.rejects(
    channel.open({ secure: true, sends: true }, never()),
    (e) => isFault(e, "tls-failed"),
  );
  await ended;
  await drop(silent);
});

Deno.test("TLS is refused where the server has none", async () => {
  await using channel = dataChannel();
  const client = await dial(await channel.listen());
  client.resume();
  const dropped = happens(client, "end");
  await assert.rejects(
    channel.open({ secure: true, sends: false }, never()),
    (e) => isFault(e, "tls-failed"),
  );
  await dropped;
  await drop(client);
});
