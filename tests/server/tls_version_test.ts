// Rule 2: TLS 1.2 or newer; who offers only older versions is turned away.

import assert from "node:assert/strict";
import { InProcessServer } from "../support/in_process_server.ts";

const SERVER_HELLO = 0x16;

/** A whole ClientHello of this version and no extensions (RFC 4346, 7.4.1.2; RFC 5246, 7.4.1.2). */
function clientHello(minorVersion: number, suites: readonly number[]): Uint8Array<ArrayBuffer> {
  const body = [
    ...[3, minorVersion],
    ...crypto.getRandomValues(new Uint8Array(32)),
    0, // no session to resume
    ...[0, suites.length * 2, ...suites.flatMap((suite) => [suite >> 8, suite & 0xff])],
    ...[1, 0], // no compression
    ...EXTENSIONS,
  ];
  const handshake = [1, 0, body.length >> 8, body.length & 0xff, ...body];
  return Uint8Array.of(
    ...[22, 3, 1, handshake.length >> 8, handshake.length & 0xff],
    ...handshake,
  );
}

/** Groups and signatures that any server of today takes: without them not even TLS 1.2 comes about. */
const EXTENSIONS = [
  ...[0, 22],
  ...[0, 10, 0, 4, 0, 2, 0, 23], // secp256r1
  ...[0, 13, 0, 10, 0, 8, 4, 3, 8, 4, 4, 1, 8, 7], // ECDSA, RSA-PSS, RSA, Ed25519
];

/** ECDHE with AES-128-GCM for either kind of key, and the CBC suites that TLS 1.1 had. */
const SUITES = [0xc02b, 0xc02f, 0xc009, 0xc013, 0x002f];

/** The type of the first record that the server answers with. */
async function answerTo(server: InProcessServer, hello: Uint8Array): Promise<number | undefined> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const bytes = new Uint8Array(4096);
  await conn.read(bytes);
  await conn.write(new TextEncoder().encode("AUTH TLS\r\n"));
  await conn.read(bytes);
  await conn.write(hello);
  const count = await conn.read(bytes);
  return count === null ? undefined : bytes[0];
}

Deno.test("rule 2: TLS 1.2 is spoken, TLS 1.1 and 1.0 are turned away", async () => {
  await using server = await InProcessServer.start();
  assert.equal(await answerTo(server, clientHello(3, SUITES)), SERVER_HELLO);
  for (const older of [2, 1]) {
    server.log.lines.length = 0;
    assert.notEqual(await answerTo(server, clientHello(older, SUITES)), SERVER_HELLO);
    await server.log.seen(({ fields }) => fields["rule"] === "TLS handshake");
  }
});
