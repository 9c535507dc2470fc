// Control connections over TLS, with foreign TLS stacks on the other end.

import assert from "node:assert/strict";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { ByteStream } from "../../shared/byte_stream.ts";
import { isFault } from "../../shared/fault.ts";
import { selfSigned } from "../../server/self_signed.ts";
import { ServerTls } from "../../server/server_tls.ts";

const identity = selfSigned("box.example", Date.now());
const LIMIT_MS = 5000;

/** A raw connection: the server's end, and the port the client must dial. */
async function accepting(
  dial: (port: number) => Promise<void>,
  serve: (conn: Deno.TcpConn) => Promise<void>,
): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  await Promise.all([dial(port), listener.accept().then(serve)]);
}

/** What becomes of a handshake with a client of these options. */
async function handshake(
  options: ConnectionOptions,
  then: (stream: ByteStream, client: TLSSocket) => Promise<void>,
): Promise<void> {
  using tls = new ServerTls(identity);
  const connected = Promise.withResolvers<TLSSocket>();
  connected.promise.catch(() => {});
  await accepting(async (port) => {
    const client = connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });
    const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
    client.once("secureConnect", () => connected.resolve(client));
    client.once("error", connected.reject);
    await closed;
  }, async (conn) => {
    const stream = await tls.upgrade(conn, {
      limitMs: LIMIT_MS,
      signal: new AbortController().signal,
    });
    try {
      const client = await connected.promise;
      await then(stream, client);
      client.destroy();
    } finally {
      stream.close();
    }
  });
}

async function readText(stream: ByteStream): Promise<string> {
  const into = new Uint8Array(1024);
  const bytes = await stream.read(into);
  return bytes === null ? "" : new TextDecoder().decode(into.subarray(0, bytes));
}

Deno.test("a control connection speaks both ways after its upgrade", async () => {
  await handshake({ ALPNProtocols: ["ftp"] }, async (stream, client) => {
    assert.equal(stream.secure, true);
    assert.equal(stream.remote.address, "127.0.0.1");
    assert.equal(client.alpnProtocol, "ftp");
    client.write("USER a\r\n");
    assert.equal(await readText(stream), "USER a\r\n");
    const heard = new Promise<string>((resolve) => client.once("data", (b) => resolve(String(b))));
    await stream.write(new TextEncoder().encode("331 Password, please.\r\n"));
    assert.equal(await heard, "331 Password, please.\r\n");
  });
});
