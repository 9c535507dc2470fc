// Connects to where the client listens, from the address the client knows us by.

import { createConnection, type Socket } from "node:net";
import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import { type Endpoint, normaliseAddress } from "../shared/endpoint.ts";
import { SocketStream } from "../shared/socket_stream.ts";

/** How to connect. */
export interface ConnectOptions {
  readonly target: Endpoint;
  /** The address to come from; firewalls and clients check it. `undefined` leaves it to the system. */
  readonly localAddress: string | undefined;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/**
 * Connects, bounded in time. Through node's sockets, since the runtime's own cannot choose the
 * address they come from.
 *
 * @throws Fault `timed-out`, `aborted`, or node's own error with its code.
 */
export async function connectFrom(options: ConnectOptions): Promise<ByteStream> {
  const { target, localAddress, limitMs, signal } = options;
  const socket = createConnection({
    host: target.address,
    port: target.port,
    ...(localAddress === undefined ? {} : { localAddress }),
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
  });
  const connected = Promise.withResolvers<void>();
  socket.once("connect", connected.resolve);
  socket.once("error", connected.reject);
  try {
    await within(connected.promise, { limitMs, signal, cancel: () => socket.destroy() });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return streamOf(socket);
}

function streamOf(socket: Socket): ByteStream {
  return new SocketStream(socket, {
    local: endpoint(socket.localAddress, socket.localPort),
    remote: endpoint(socket.remoteAddress, socket.remotePort),
    secure: false,
    hold: (full) => full ? socket.pause() : socket.resume(),
  });
}

function endpoint(address: string | undefined, port: number | undefined): Endpoint {
  return { address: normaliseAddress(address ?? ""), port: port ?? 0 };
}
