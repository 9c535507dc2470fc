// Control connections over TLS, with other TLS stacks on the other end.

import assert from "node:assert/strict";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { fingerprintOf } from "../../server/certificate.ts";
import { selfSigned } from "../../server/self_signed.ts";
import { ServerTls } from "../../server/server_tls.ts";
import type { ByteStream } from "../../shared/byte_stream.ts";
import { isFault } from "../../shared/fault.ts";
import { bytesOf, dial, drop, happens, never, PEER, readAll } from "../support/data_channels.ts";

const identity = selfSigned("box.example", Date.now());
const LIMIT_MS = 5000;

/** A raw connection: the server's end, and what `connect` made of the port. */
async function accepted<T>(connect: (port: number) => Promise<T>): Promise<[Deno.TcpConn, T]> {
  using listener = Deno.listen({ hostname: PEER, port: 0 });
  return await Promise.all([listener.accept(), connect(listener.addr.port)]);
}

/** Both ends after a handshake with node's client. */
async function secured(
  tls: ServerTls,
  options: ConnectionOptions = {},
): Promise<{ stream: ByteStream; client: TLSSocket }> {
  const [conn, socket] = await accepted((port) => dial(port));
  const client = connectTls({ socket, rejectUnauthorized: false, ...options });
  const [stream] = await Promise.all([
    tls.upgrade(conn, { limitMs: LIMIT_MS, signal: never() }),
    happens(client, "secureConnect"),
  ]);
  return { stream, client };
}

/** Both ends with the runtime's client, which tells a missing close_notify. */
async function strictlySecured(tls: ServerTls): Promise<[ByteStream, Deno.TlsConn]> {
  const [conn, raw] = await accepted((port) => Deno.connect({ hostname: PEER, port }));
  const caCerts = [identity.certificatePem];
  const upgraded = tls.upgrade(conn, { limitMs: LIMIT_MS, signal: never() });
  const client = await Deno.startTls(raw, { hostname: PEER, caCerts, alpnProtocols: ["ftp"] });
  const [stream] = await Promise.all([upgraded, client.handshake()]);
  return [stream, client];
}

async function readText(stream: ByteStream): Promise<string | null> {
  const into = new Uint8Array(1024);
  const bytes = await stream.read(into);
  return bytes === null ? null : new TextDecoder().decode(into.subarray(0, bytes));
}

/** That a handshake fails on the server for this client, with this fault. */
async function assertRefused(
  connect: (port: number) => Promise<() => Promise<void>>,
  kind: "tls-failed" | "aborted" = "tls-failed",
  { limitMs = LIMIT_MS, signal = never() } = {},
): Promise<void> {
  using tls = new ServerTls(identity);
  const [conn, end] = await accepted(connect);
  await assert.rejects(tls.upgrade(conn, { limitMs, signal }), (e) => isFault(e, kind));
  await end();
}

Deno.test("a control connection speaks both ways after its upgrade", async () => {
  using tls = new ServerTls(identity);
  const { stream, client } = await secured(tls, { ALPNProtocols: ["ftp"] });
  assert.equal(stream.secure, true);
  assert.equal(stream.remote.address, PEER);
  assert.equal(client.alpnProtocol, "ftp");
  client.write("USER a\r\n");
  assert.equal(await readText(stream), "USER a\r\n");
  const heard = new Promise<string>((resolve) => client.once("data", (b) => resolve(String(b))));
  await stream.write(bytesOf("331 Password, please.\r\n"));
  assert.equal(await heard, "331 Password, please.\r\n");
  stream.close();
  await drop(client);
});

Deno.test("a client's close_notify is the clean end, and ours ends its reading", async () => {
  using tls = new ServerTls(identity);
  const [stream, client] = await strictlySecured(tls);
  await stream.write(bytesOf("221 Bye.\r\n"));
  await stream.finish();
  assert.equal(await readAll(client), "221 Bye.\r\n");
  await client.closeWrite();
  assert.equal(await readText(stream), null);
  stream.close();
  client.close();
});

for (const [how, leave] of [["FIN", "destroySoon"], ["RST", "resetAndDestroy"]] as const) {
  Deno.test(`a client that goes with a ${how} and no close_notify is told apart`, async () => {
    using tls = new ServerTls(identity);
    const [conn, socket] = await accepted((port) => dial(port));
    const client = connectTls({ socket, rejectUnauthorized: false });
    const [stream] = await Promise.all([
      tls.upgrade(conn, { limitMs: LIMIT_MS, signal: never() }),
      happens(client, "secureConnect"),
    ]);
    client.on("error", () => {});
    await new Promise<void>((resolve) => client.write("NOOP\r\n", () => resolve()));
    assert.equal(await readText(stream), "NOOP\r\n");
    socket[leave]();
    await assert.rejects(readText(stream), (e) => isFault(e, "truncated"));
    stream.close();
    await drop(socket);
  });
}

Deno.test("a client that sends more than is read is held back, and none of it is lost", async () => {
  using tls = new ServerTls(identity);
  const { stream, client } = await secured(tls);
  const other = await secured(tls);
  const total = 24 * 1024 * 1024;
  const block = new Uint8Array(64 * 1024);
  let sent = 0;
  const send = () => {
    let takesMore = true;
    for (; takesMore && sent < total; sent += block.length) takesMore = client.write(block);
    if (sent < total) client.once("drain", send);
  };
  send();
  // Others are served meanwhile; when ten of their turns move nothing here, it is held back.
  for (let before = -1; before !== sent;) {
    before = sent;
    for (let turn = 0; turn < 10; turn++) await roundTrip(other);
  }
  assert.ok(sent < total, "all of it was taken although nobody read");
  const into = new Uint8Array(256 * 1024);
  for (let received = 0; received < total;) {
    received += await stream.read(into) ?? assert.fail("it ended early");
  }
  stream.close();
  other.stream.close();
  await Promise.all([drop(client), drop(other.client)]);
});

async function roundTrip(ends: { stream: ByteStream; client: TLSSocket }): Promise<void> {
  const answered = happens(ends.client, "data");
  ends.client.write("NOOP\r\n");
  assert.equal(await readText(ends.stream), "NOOP\r\n");
  await ends.stream.write(bytesOf("200\r\n"));
  await answered;
}

Deno.test("a client that names only other protocols is refused", async () => {
  await assertRefused(async (port) => {
    const socket = await dial(port);
    const client = connectTls({ socket, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
    client.on("error", () => {});
    return () => drop(socket);
  });
});

Deno.test("a client that speaks no TLS is refused", async () => {
  await assertRefused(async (port) => {
    const socket = await dial(port);
    socket.on("error", () => {});
    socket.write("USER a\r\nPASS b\r\n");
    return () => drop(socket);
  });
});

Deno.test("a client that leaves in mid-handshake is no surprise", async () => {
  await assertRefused(async (port) => {
    const socket = await dial(port);
    socket.resume();
    socket.end();
    return () => drop(socket);
  });
});

Deno.test("a handshake has its time, and its connection is closed after it", async () => {
  await assertRefused(
    async (port) => {
      const socket = await dial(port);
      socket.resume();
      return () => happens(socket, "end").then(() => drop(socket));
    },
    "tls-failed",
    { limitMs: 50 },
  );
});

Deno.test("a handshake can be aborted", async () => {
  const abort = new AbortController();
  await assertRefused(
    async (port) => {
      const socket = await dial(port);
      socket.resume();
      setTimeout(() => abort.abort());
      return () => happens(socket, "end").then(() => drop(socket));
    },
    "aborted",
    { signal: abort.signal },
  );
});

Deno.test("a pending read ends when its own side closes", async () => {
  using tls = new ServerTls(identity);
  const { stream, client } = await secured(tls);
  const reading = readText(stream);
  stream.close();
  stream.close();
  await assert.rejects(reading, (e) => isFault(e, "aborted"));
  await assert.rejects(stream.write(bytesOf("x")), (e) => isFault(e, "aborted"));
  await drop(client);
});

Deno.test("a replaced identity is shown to the next client", async () => {
  using tls = new ServerTls(identity);
  const before = await secured(tls);
  const other = selfSigned("other.example", Date.now());
  tls.replace(other);
  const after = await secured(tls);
  const shown = [before, after].map(({ client }) =>
    `sha256:${client.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase()}`
  );
  assert.deepEqual(shown, [fingerprintOf(identity.certificatePem), tls.fingerprint]);
  assert.equal(tls.fingerprint, fingerprintOf(other.certificatePem));
  for (const { stream, client } of [before, after]) {
    stream.close();
    await drop(client);
  }
});

Deno.test("a session is resumed, as clients do for their data connections", async () => {
  using tls = new ServerTls(identity);
  const first = await secured(tls);
  const heard = happens(first.client, "data");
  await first.stream.write(bytesOf("220 Hello.\r\n"));
  await heard;
  const session = first.client.getSession();
  assert.ok(session !== undefined);
  const second = await secured(tls, { session });
  assert.equal(second.client.isSessionReused(), true);
  for (const { stream, client } of [first, second]) {
    stream.close();
    await drop(client);
  }
});
