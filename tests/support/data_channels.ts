// Data channels for tests, and the clients that meet them: plain, TLS, polite and not.

import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { DataChannel, type DataSettings } from "../../server/data_channel.ts";
import { selfSigned } from "../../server/self_signed.ts";
import { ServerTls } from "../../server/server_tls.ts";
import type { ByteStream } from "../../shared/byte_stream.ts";

/** The address that every test's control connection comes from. */
export const PEER = "127.0.0.1";

const SETTINGS: DataSettings = {
  passivePorts: undefined,
  proxyFrom: [],
  tlsReuse: "off",
  dataConnectTimeoutMs: 5000,
  tlsHandshakeTimeoutMs: 5000,
  stallTimeoutMs: 5000,
};

/** A data channel of a session between two loopback addresses. */
export function dataChannel(
  settings: Partial<DataSettings> = {},
  { tls, address = PEER }: { tls?: ServerTls; address?: string } = {},
): DataChannel {
  return new DataChannel({
    local: { address, port: 21 },
    peer: { address, port: 40_000 },
    proxied: false,
    settings: () => ({ ...SETTINGS, ...settings }),
    tls,
  });
}

/** TLS with a fresh certificate. */
export function testTls(): ServerTls {
  return new ServerTls(selfSigned("box.example", Date.now()));
}

/** A signal that never fires. */
export function never(): AbortSignal {
  return new AbortController().signal;
}

/** A socket of node's, which can come from any loopback address and can reset. */
export async function dial(port: number, localAddress = PEER): Promise<Socket> {
  const socket = connectPlain({ host: PEER, port, localAddress, allowHalfOpen: true });
  await happens(socket, "connect");
  return socket;
}

/** TLS on a socket that is connected, trusting anything. */
export async function secure(socket: Socket): Promise<TLSSocket> {
  const client = connectTls({ socket, rejectUnauthorized: false });
  await happens(client, "secureConnect");
  return client;
}

/** Waits for an event of a socket; an error before it rejects. */
export function happens(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once(event, () => {
      socket.off("error", reject);
      resolve();
    });
  });
}

/** Ends a socket at once and waits until it is gone. */
export async function drop(socket: Socket): Promise<void> {
  if (socket.closed) return;
  const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.destroy();
  await gone;
}

/** Everything up to the clean end, as text. */
export async function readAll(stream: Pick<ByteStream, "read">): Promise<string> {
  const into = new Uint8Array(64 * 1024);
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = await stream.read(into); bytes !== null; bytes = await stream.read(into)) {
    text += decoder.decode(into.subarray(0, bytes), { stream: true });
  }
  return text;
}

/** Text as bytes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
