// What a TCP connection of the runtime's own becomes as a stream: its ends, clean and not.

import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { isFault } from "../../shared/fault.ts";
import { plainStream } from "../../shared/plain_stream.ts";
import type { ByteStream } from "../../shared/byte_stream.ts";
import { bytesOf, dial, drop, readAll } from "../support/data_channels.ts";

/** A stream, and the socket on its other end. */
async function connected(hostname = "127.0.0.1"): Promise<[ByteStream, Socket]> {
  using listener = Deno.listen({ hostname, port: 0 });
  const [conn, socket] = await Promise.all([listener.accept(), dial(listener.addr.port)]);
  return [plainStream(conn), socket];
}

const MANY = new Uint8Array(64 * 1024 * 1024);

Deno.test("a half close ends the peer's reading and leaves ours open", async () => {
  const [stream, socket] = await connected();
  await stream.write(bytesOf("all"));
  await stream.finish();
  await stream.finish();
  const heard = new Promise<string>((resolve) => {
    let text = "";
    socket.on("data", (bytes) => text += bytes).on("end", () => resolve(text));
  });
  assert.equal(await heard, "all");
  socket.end("answer");
  assert.equal(await readAll(stream), "answer");
  stream.close();
  await drop(socket);
});

Deno.test("endpoints are in their canonical form, also on a dual-stack listener", async () => {
  const [stream, socket] = await connected("::");
  assert.deepEqual(stream.remote, { address: "127.0.0.1", port: socket.localPort });
  assert.deepEqual(stream.local, { address: "127.0.0.1", port: socket.remotePort });
  assert.equal(stream.secure, false);
  stream.close();
  await drop(socket);
});

Deno.test("a reset is told to a pending read", async () => {
  const [stream, socket] = await connected();
  const reading = stream.read(new Uint8Array(10));
  socket.resetAndDestroy();
  await assert.rejects(reading, (e) => isFault(e, "truncated"));
  stream.close();
});

Deno.test("a peer that is gone is told to a writer", async () => {
  const [stream, socket] = await connected();
  const writing = stream.write(MANY);
  socket.resetAndDestroy();
  await assert.rejects(writing, (e) => isFault(e, "truncated"));
  await assert.rejects(stream.write(bytesOf("more")), (e) => isFault(e, "truncated"));
  stream.close();
});

Deno.test("closing ends pending reads and writes, and may be done twice", async () => {
  const [stream, socket] = await connected();
  const reading = stream.read(new Uint8Array(10));
  const writing = stream.write(MANY);
  stream.close();
  stream.close();
  await assert.rejects(reading, (e) => isFault(e, "aborted"));
  await assert.rejects(writing, (e) => isFault(e, "aborted"));
  await assert.rejects(stream.read(new Uint8Array(1)), (e) => isFault(e, "aborted"));
  await assert.rejects(stream.finish(), (e) => isFault(e, "aborted"));
  await drop(socket);
});
