// Data connections whose TLS handshakes fail, in a process of their own: says how many descriptors it has left of them.

import assert from "node:assert/strict";
import { isFault } from "../../shared/fault.ts";
import type { ServerTls } from "../../server/server_tls.ts";
import { dataChannel, dial, drop, never, testTls } from "./data_channels.ts";
import { descriptorTargets } from "./descriptors.ts";

const HANDSHAKES = 10;

/** Sockets close a turn or two after they were told to; by then they have all. */
const CLOSED_MS = 5000;

async function fail(tls: ServerTls, how: "not TLS" | "half a record"): Promise<void> {
  await using channel = dataChannel({ tlsReuse: "prefer" }, { tls });
  const client = await dial(await channel.listen());
  client.resume();
  if (how === "not TLS") client.write("GET / HTTP/1.1\r\n\r\n");
  else client.end("\x16\x03\x01");
  const opening = channel.open({ secure: true, sends: false }, never());
  await assert.rejects(opening, (error) => isFault(error, "tls-failed"));
  await drop(client);
}

if (import.meta.main) {
  using tls = testTls();
  const before = descriptorTargets().length;
  for (let count = 0; count < HANDSHAKES; count++) {
    await fail(tls, count % 2 === 0 ? "not TLS" : "half a record");
  }
  const endMs = performance.now() + CLOSED_MS;
  while (descriptorTargets().length > before && performance.now() < endMs) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  console.log(descriptorTargets().length - before);
}
