// Speaks TLS with one connection of our own, in a way that lets it resume a control connection's session.

import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { ByteStream } from "../shared/byte_stream.ts";
import { Fault } from "../shared/fault.ts";
import { SocketStream } from "../shared/socket_stream.ts";
import type { TlsIdentity } from "./server_tls.ts";

const LOOPBACK = "127.0.0.1";

/** What came of a handshake. */
export interface ResumedStream {
  readonly stream: ByteStream;
  /** Whether it resumed a session that this thread had given a ticket for. */
  readonly isResumed: boolean;
  /** Resolves when the peer has said that it sends no more (close_notify). */
  readonly goodbye: Promise<void>;
}

/**
 * A listener of node's, whose sessions are those of the control connections: all TLS of node's in a
 * thread shares its tickets, while each listener of the runtime's has its own.
 */
export class ResumingListener implements Disposable {
  readonly #server: Server;
  readonly #accepted = Promise.withResolvers<ResumedStream>();
  /** Also those whose handshake has not come to an end: they would wait for it for ever. */
  readonly #raw = new Set<Socket>();
  #socket: TLSSocket | undefined;
  #ownPort: number | undefined;

  private constructor(server: Server) {
    this.#server = server;
    this.#accepted.promise.catch(() => {});
    server.on("secureConnection", (socket: TLSSocket) => this.#take(socket));
    server.on("tlsClientError", (_error: Error, socket: TLSSocket) => socket.destroy());
    server.on("connection", (raw: Socket) => {
      this.#raw.add(raw);
      // Asked now: of a connection that is gone nobody knows the port.
      const port = raw.remotePort;
      raw.once("close", () => {
        this.#raw.delete(raw);
        // SECURITY: of all that connect here only our own end's failure is the handshake's.
        if (port !== undefined && port === this.#ownPort) {
          this.#accepted.reject(new Fault("tls-failed"));
        }
      });
    });
    server.on("error", (error) => this.#accepted.reject(error));
  }

  /** Listens on a port of the system's choice. @throws what listening throws */
  static async open(
    { certificatePem, keyPem }: TlsIdentity,
    protocols: readonly string[],
  ): Promise<ResumingListener> {
    const server = createServer({
      cert: certificatePem,
      key: keyPem,
      minVersion: "TLSv1.2",
      ALPNProtocols: [...protocols],
      allowHalfOpen: true,
    });
    const listener = new ResumingListener(server);
    const listening = Promise.withResolvers<void>();
    server.once("error", listening.reject);
    server.listen(0, LOOPBACK, () => listening.resolve());
    await listening.promise;
    return listener;
  }

  /** Where to connect to. */
  get port(): number {
    const address = this.#server.address();
    if (typeof address !== "object" || address === null) throw new Error("it does not listen");
    return address.port;
  }

  /**
   * Waits for the handshake of the connection from this port of ours.
   *
   * @param hold told `true` when enough is queued unread, `false` when there is room again.
   * @throws what the handshake throws
   */
  async handshake(ownPort: number, hold: (full: boolean) => void): Promise<ResumedStream> {
    this.#ownPort = ownPort;
    this.#hold = hold;
    return await this.#accepted.promise;
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#socket?.destroy();
    for (const raw of this.#raw) raw.destroy();
    this.#accepted.reject(new Fault("aborted"));
  }

  #hold: (full: boolean) => void = () => {};

  #take(socket: TLSSocket): void {
    // SECURITY: anybody on this machine can connect to the loopback port; only our own end is taken.
    const port = this.#ownPort;
    if (port === undefined || socket.remotePort !== port || this.#socket !== undefined) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.setNoDelay(true);
    const goodbye = new Promise<void>((resolve) => socket.once("end", () => resolve()));
    const ends = { address: LOOPBACK, port };
    const stream = new SocketStream(socket, {
      local: ends,
      remote: ends,
      secure: true,
      hold: (full) => this.#hold(full),
    });
    this.#accepted.resolve({ stream, isResumed: socket.isSessionReused(), goodbye });
  }
}
