// The end of a transfer over TLS as strict peers see it: close_notify in both directions.

import assert from "node:assert/strict";
import { connect as connectTls } from "node:tls";
import type { DataChannel } from "../../server/data_channel.ts";
import { RawSide } from "../../server/raw_side.ts";
import { selfSigned } from "../../server/self_signed.ts";
import { ServerTls } from "../../server/server_tls.ts";
import { bytesOf, dataChannel, never, PEER, readAll } from "../support/data_channels.ts";

const identity = selfSigned("box.example", Date.now());

/** Arranges a connection; what it gives makes the client's end of it. */
type Way = (channel: DataChannel) => Promise<() => Promise<Deno.TcpConn>>;

const WAYS: Readonly<Record<string, Way>> = {
  "passive": async (channel) => {
    const port = await channel.listen();
    return () => Deno.connect({ hostname: PEER, port });
  },
  "active": (channel) => {
    const listener = Deno.listen({ hostname: PEER, port: 0 });
    channel.aim({ address: PEER, port: listener.addr.port });
    return Promise.resolve(() => listener.accept().finally(() => listener.close()));
  },
};

/** Both ends of a connection; the client is the runtime's own, which tells a missing close_notify. */
async function bothEnds(channel: DataChannel, arrange: Way) {
  const connect = await arrange(channel);
  const [stream, client] = await Promise.all([
    channel.open({ secure: true, sends: false }, never()),
    connect().then(protectedClient),
  ]);
  return { stream, client };
}

async function protectedClient(conn: Deno.TcpConn): Promise<Deno.TlsConn> {
  const client = await Deno.startTls(conn, {
    hostname: PEER,
    caCerts: [identity.certificatePem],
    alpnProtocols: ["ftp-data"],
  });
  await client.handshake();
  return client;
}

for (const [name, arrange] of Object.entries(WAYS)) {
  Deno.test(`${name}: a download ends with close_notify`, async () => {
    using tls = new ServerTls(identity);
    await using channel = dataChannel({}, { tls });
    const { stream, client } = await bothEnds(channel, arrange);
    await stream.write(bytesOf("all of it"));
    await stream.finish();
    stream.close();
    assert.equal(await readAll(client), "all of it");
    client.close();
  });

  Deno.test(`${name}: a download that is given up does not look whole`, async () => {
    using tls = new ServerTls(identity);
    await using channel = dataChannel({}, { tls });
    const { stream, client } = await bothEnds(channel, arrange);
    await stream.write(bytesOf("part of it"));
    stream.close();
    await assert.rejects(readAll(client));
    client.close();
  });

  Deno.test(`${name}: an upload's close_notify is answered`, async () => {
    using tls = new ServerTls(identity);
    await using channel = dataChannel({}, { tls });
    const { stream, client } = await bothEnds(channel, arrange);
    await client.write(bytesOf("up"));
    await client.closeWrite();
    assert.equal(await readAll(stream), "up");
    await stream.finish();
    stream.close();
    assert.equal(await readAll(client), "");
    client.close();
  });
}

// Session tickets would reach clients that close without reading: their systems would answer with RST
// and throw away what they had not sent yet.
for (const name of ["passive", "active"] as const) {
  Deno.test(`${name}: nothing is sent to a client between its handshake and the end of its upload`, async () => {
    using tls = new ServerTls(identity);
    await using channel = dataChannel({}, { tls });
    const connect = await (WAYS[name] ?? assert.fail())(channel);
    const opening = channel.open({ secure: true, sends: false }, never());
    const conn = await connect();
    const received = countReceived(conn);
    const client = connectTls({ socket: new RawSide(conn).duplex, rejectUnauthorized: false });
    await new Promise<void>((resolve) => client.once("secureConnect", () => resolve()));
    const afterHandshake = received();
    using stream = await opening;
    const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
    client.resume();
    client.end(new Uint8Array(1024 * 1024));
    assert.equal((await readAll(stream)).length, 1024 * 1024);
    assert.equal(client.getProtocol(), "TLSv1.3");
    assert.equal(received(), afterHandshake);
    await stream.finish();
    await ended;
    assert.ok(received() > afterHandshake);
    client.destroy();
  });
}

/** Counts the encrypted bytes that a connection's reads get from now on. */
function countReceived(conn: Deno.TcpConn): () => number {
  let received = 0;
  const read = conn.read.bind(conn);
  conn.read = async (into) => {
    const bytes = await read(into);
    received += bytes ?? 0;
    return bytes;
  };
  return () => received;
}
