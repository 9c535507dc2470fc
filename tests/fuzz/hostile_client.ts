// A client that does what it is told, however little sense it makes, and looks at all that comes back.

import { connect, createServer, type Server, type Socket } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";
import type { Action } from "./dialogue.ts";
import type { Random } from "./random.ts";

/** A reply is waited for no longer: there may be none. */
const REPLY_LIMIT_MS = 40;
/** Whatever was begun and not ended by then is dropped. */
const SESSION_LIMIT_MS = 1500;

/** Where and how it connects. */
export interface Target {
  readonly port: number;
  /** Its own address. */
  readonly from: string;
  /** Told of every piece of text or data that came. */
  readonly onReceived: (bytes: Uint8Array, channel: "control" | "data") => void;
}

/** One session; `await using` closes all it opened. */
export class HostileClient implements AsyncDisposable {
  readonly #target: Target;
  readonly #random: Random;
  readonly #sockets = new Set<Socket>();
  readonly #servers = new Set<Server>();
  #control: Socket;
  #data: Socket | undefined;
  #port = 1025;
  #listenPort = 1025;
  #replies = 0;
  #heard = 0;
  #onReply = () => {};
  #text = "";

  private constructor(target: Target, random: Random) {
    this.#target = target;
    this.#random = random;
    this.#control = this.#hear(this.#open(target.port), "control");
  }

  /** Connects and does all of it; it ends early when the server closes the connection. */
  static async play(actions: readonly Action[], target: Target, random: Random): Promise<void> {
    await using client = new HostileClient(target, random);
    const endMs = performance.now() + SESSION_LIMIT_MS;
    for (const action of actions) {
      if (client.#control.destroyed || performance.now() > endMs) return;
      await client.#do(action);
    }
    if (random.chance(0.5)) await client.#awaitReply();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = [...this.#sockets].map((socket) =>
      new Promise<void>((resolve) => {
        if (socket.closed) return resolve();
        socket.once("close", () => resolve());
        if (!this.#random.chance(0.3)) socket.destroy();
        else socket.resetAndDestroy();
      })
    );
    for (const server of this.#servers) {
      closed.push(new Promise((resolve) => server.close(() => resolve())));
    }
    await Promise.all(closed);
  }

  async #do(action: Action): Promise<void> {
    switch (action.kind) {
      case "send":
        return await this.#send(this.#control, this.#filled(action.text));
      case "await reply":
        return await this.#awaitReply();
      case "start TLS":
        this.#control = this.#secure(this.#control, "control");
        return;
      case "data connect":
        this.#data = this.#hear(this.#open(this.#port), "data");
        return;
      case "data listen":
        return await this.#listen();
      case "data TLS":
        if (this.#data !== undefined) this.#data = this.#secure(this.#data, "data");
        return;
      case "data send":
        if (this.#data !== undefined) await this.#send(this.#data, action.text);
        return;
      case "data close":
        this.#data?.end();
        return;
      case "data reset":
        this.#data?.resetAndDestroy();
        return;
      case "close":
        this.#control.destroy();
        return;
      case "reset":
        this.#control.resetAndDestroy();
    }
  }

  /** In pieces of any size, some of them in segments of their own. */
  async #send(socket: Socket, text: string): Promise<void> {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const isCut = this.#random.chance(0.3);
    for (let at = 0; at < bytes.length && !socket.destroyed;) {
      const size = isCut ? 1 + this.#random.below(12) : bytes.length;
      socket.write(bytes.subarray(at, at + size));
      at += size;
      if (isCut && this.#random.chance(0.3)) await turn();
    }
  }

  async #awaitReply(): Promise<void> {
    if (this.#replies > this.#heard) {
      this.#heard++;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, REPLY_LIMIT_MS);
      this.#onReply = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#heard = this.#replies;
  }

  async #listen(): Promise<void> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      this.#data = this.#hear(socket, "data");
    });
    this.#servers.add(server);
    server.listen(0, this.#target.from);
    await new Promise<void>((resolve) => server.once("listening", resolve));
    const address = server.address();
    if (typeof address === "object" && address !== null) this.#listenPort = address.port;
  }

  #open(port: number): Socket {
    const socket = connect({ host: "127.0.0.1", port, localAddress: this.#target.from });
    socket.setNoDelay(true);
    return this.#keep(socket);
  }

  /** The runtime's own client takes no socket that is being opened, or has TLS already. */
  #secure(below: Socket, channel: "control" | "data"): Socket {
    if (below.destroyed || below.connecting || below instanceof TLSSocket) return below;
    below.removeAllListeners("data");
    const options = { socket: below, rejectUnauthorized: false, ALPNProtocols: ["ftp"] };
    return this.#hear(this.#keep(connectTls(options)), channel);
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    return socket;
  }

  #hear(socket: Socket, channel: "control" | "data"): Socket {
    socket.on("data", (bytes: Uint8Array) => {
      this.#target.onReceived(bytes, channel);
      if (channel === "control") this.#take(new TextDecoder("latin1").decode(bytes));
    });
    return socket;
  }

  #take(text: string): void {
    this.#text += text;
    const lines = this.#text.split("\r\n");
    this.#text = (lines.pop() ?? "").slice(-4096);
    for (const each of lines.filter((reply) => /^\d{3} /.test(reply))) {
      this.#replies++;
      const [, high, low] = /^227 .*,(\d+),(\d+)\)/.exec(each) ?? [];
      const extended = /^229 .*\(\|\|\|(\d+)\|\)/.exec(each)?.[1];
      if (high !== undefined) this.#port = Number(high) * 256 + Number(low);
      if (extended !== undefined) this.#port = Number(extended);
      this.#onReply();
    }
  }

  #filled(text: string): string {
    const port = this.#listenPort;
    const address = this.#target.from.replaceAll(".", ",");
    return text.replaceAll("{hostport}", `${address},${port >> 8},${port & 255}`)
      .replaceAll("{port}", String(port));
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
