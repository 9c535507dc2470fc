// The end of a transfer over TLS as strict peers see it: close_notify in both directions.

import assert from "node:assert/strict";
import type { DataChannel } from "../../server/data_channel.ts";
import { selfSigned } from "../../server/self_signed.ts";
import { ServerTls } from "../../server/server_tls.ts";
import { bytesOf, dataChannel, never, PEER, readAll } from "../support/data_channels.ts";

const identity = selfSigned("box.example", Date.now());

/** Arranges a connection; what it gives makes the client's end of it. */
type Way = (channel: DataChannel) => Promise<() => Promise<Deno.TcpConn>>;

const WAYS: Readonly<Record<string, Way>> = {
  "passive": async (channel) => {
    const port = await channel.listen(true);
    return () => Deno.connect({ hostname: PEER, port });
  },
  "passive with PROT P after PASV": async (channel) => {
    const port = await channel.listen(false);
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
    channel.open(true, never()),
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
