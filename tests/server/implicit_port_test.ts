// `--implicit-port`: FTPS from the first byte beside the usual port, in every worker.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:tls";
import { ControlLine } from "../support/control_line.ts";
import { startServer } from "../support/server_process.ts";

/** The greeting behind a handshake. */
async function greetingOverTls(port: number): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  const [bytes] = await once(socket, "data");
  const closed = once(socket, "close");
  socket.destroy();
  await closed;
  return String(bytes);
}

Deno.test("a second port speaks TLS from the first byte, the first one as ever, in all workers", async () => {
  await using server = await startServer({ flags: ["--implicit-port", "0", "--workers", "2"] });
  await server.logged(/serving implicit TLS url=\S+:\d+/);
  const port = Number(
    /serving implicit TLS url="?ftps:\/\/127\.0\.0\.1:(\d+)\//.exec(server.log)?.[1],
  );
  for (let count = 0; count < 20; count++) {
    assert.match(await greetingOverTls(port), /^220 /);
  }
  using peer = await ControlLine.open(server.port);
  await peer.say("NOOP", 200);
});
