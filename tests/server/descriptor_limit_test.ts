// A process without a descriptor left: peers are told, the server lives, and there is room again later.

import assert from "node:assert/strict";
import { within } from "../../shared/deadline.ts";
import { ftpCommandLine } from "../support/program.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const LIMIT_MS = 30_000;
/** What the runtime needs for itself, and some sessions. */
const DESCRIPTORS = 60;
const PEERS = 80;

/** Starts a server with few descriptors. @returns its process and port. */
async function startPoor(home: string): Promise<{ child: Deno.ChildProcess; port: number }> {
  const flags = ["--host", "127.0.0.1", "--port", "0", "--workers", "1", "--tls", "off"];
  const [program, args] = ftpCommandLine(["serve", home, ...flags]);
  const child = new Deno.Command("sh", {
    args: ["-c", `ulimit -n ${DESCRIPTORS}; exec "$@"`, "sh", program, ...args],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const [line] = await within(firstPiece(child.stdout), { limitMs: LIMIT_MS });
  const port = Number(/:(\d+)\//.exec(line ?? "")?.[1]);
  assert.ok(port > 0, line);
  return { child, port };
}

async function firstPiece(stream: ReadableStream<Uint8Array>): Promise<[string | undefined]> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return [value && new TextDecoder().decode(value)];
}

/** The first reply's code. */
async function greetingOf(conn: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(512);
  const count = await within(conn.read(buffer), { limitMs: LIMIT_MS });
  return new TextDecoder().decode(buffer.subarray(0, Math.min(3, count ?? 0)));
}

Deno.test("a server out of descriptors says 421, lives, and has room when sessions end", async () => {
  await using home = await temporaryDirectory();
  const { child, port } = await startPoor(home.path);
  try {
    const peers: Deno.TcpConn[] = [];
    for (let count = 0; count < PEERS; count++) peers.push(await Deno.connect({ port }));
    const codes = await Promise.all(peers.map(greetingOf));
    for (const peer of peers) peer.close();
    assert.deepEqual(new Set(codes), new Set(["220", "421"]));

    // Those sessions end one by one; until the first has, a peer may still be turned away.
    for (let code = ""; code !== "220";) {
      using peer = await Deno.connect({ port });
      code = await greetingOf(peer);
      assert.match(code, /^(220|421)$/);
    }
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
});
