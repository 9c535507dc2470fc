// The relay that lays TLS over a connection: what is left of it when a peer stands still.

import assert from "node:assert/strict";
import { selfSigned } from "../../server/self_signed.ts";
import { ServerTls } from "../../server/server_tls.ts";
import { type Relayed, type RelayOptions, relayTls } from "../../server/tls_relay.ts";
import type { ByteStream } from "../../shared/byte_stream.ts";
import { isFault } from "../../shared/fault.ts";
import { plainStream } from "../../shared/plain_stream.ts";
import { bytesOf, never, PEER, readAll } from "../support/data_channels.ts";

const identity = selfSigned("box.example", Date.now());
const OPTIONS: RelayOptions = {
  sends: true,
  resumption: "off",
  limitMs: 5000,
  signal: never(),
  stallMs: 5000,
};

/** A connection whose peer can be made to take nothing more. */
interface Stoppable {
  readonly stream: ByteStream;
  /** From now on, writes wait until the connection is closed. */
  stop(): void;
  /** Resolves when a write has been stopped. */
  readonly stopped: Promise<void>;
}

function stoppable(raw: ByteStream): Stoppable {
  let isStopped = false;
  const stopped = Promise.withResolvers<void>();
  const waiting = new Set<(why: unknown) => void>();
  const close = () => {
    for (const reject of waiting) reject(new Error("closed"));
    raw.close();
  };
  const stream: ByteStream = {
    local: raw.local,
    remote: raw.remote,
    secure: false,
    read: (into) => raw.read(into),
    write(bytes) {
      if (!isStopped) return raw.write(bytes);
      stopped.resolve();
      return new Promise((_, reject) => waiting.add(reject));
    },
    finish: () => raw.finish(),
    close,
    [Symbol.dispose]: close,
  };
  return { stream, stop: () => isStopped = true, stopped: stopped.promise };
}

/** A relay over a stoppable connection, and the client on its other end, both handshaken. */
async function relayed(
  tls: ServerTls,
  options = OPTIONS,
): Promise<{ relay: Relayed; outer: Stoppable; client: Deno.TlsConn }> {
  using listener = Deno.listen({ hostname: PEER, port: 0 });
  const [conn, raw] = await Promise.all([
    listener.accept(),
    Deno.connect({ hostname: PEER, port: listener.addr.port }),
  ]);
  const outer = stoppable(plainStream(conn));
  const relay = await relayTls(outer.stream, tls, options);
  const caCerts = [identity.certificatePem];
  const client = await Deno.startTls(raw, { hostname: PEER, caCerts });
  await Promise.all([relay.handshake(), client.handshake()]);
  return { relay, outer, client };
}

Deno.test("what was written and finished still leaves after closing", async () => {
  using tls = new ServerTls(identity);
  const { relay, client } = await relayed(tls);
  await relay.stream.write(bytesOf("all of it"));
  await relay.stream.finish();
  relay.stream.close();
  assert.equal(await readAll(client), "all of it");
  await relay.ended;
  client.close();
});

Deno.test("a peer that stands still after closing can be given up at once", async () => {
  using tls = new ServerTls(identity);
  const { relay, outer, client } = await relayed(tls);
  outer.stop();
  await relay.stream.write(bytesOf("never taken"));
  await relay.stream.finish();
  relay.stream.close();
  await outer.stopped;
  relay.abandon();
  await relay.ended;
  await assert.rejects(readAll(client));
  client.close();
});

Deno.test("closing without an end drops a peer that stands still", async () => {
  using tls = new ServerTls(identity);
  const { relay, outer, client } = await relayed(tls);
  outer.stop();
  await relay.stream.write(bytesOf("never taken"));
  await outer.stopped;
  relay.stream.close();
  await relay.ended;
  await assert.rejects(readAll(client));
  client.close();
});

Deno.test("a peer that takes nothing for too long is told to the writer", async () => {
  using tls = new ServerTls(identity);
  const { relay, outer, client } = await relayed(tls, { ...OPTIONS, stallMs: 30 });
  outer.stop();
  const sending = (async () => {
    for (;;) await relay.stream.write(new Uint8Array(256 * 1024));
  })();
  await assert.rejects(sending, (e) => isFault(e, "truncated"));
  relay.stream.close();
  await relay.ended;
  client.close();
});
