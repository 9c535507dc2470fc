// A server that follows a script line by line: real sockets, exactly the bytes and faults it is told.

import assert from "node:assert/strict";
import { selfSigned } from "../../server/self_signed.ts";
import { ServerTls, type TlsIdentity } from "../../server/server_tls.ts";
import type { ByteStream } from "../../shared/byte_stream.ts";
import { within } from "../../shared/deadline.ts";
import { isFault } from "../../shared/fault.ts";
import { closeIfOpen, endpointOf, plainStream } from "../../shared/plain_stream.ts";
import { deafPort } from "./deaf_port.ts";

/** A script has so long for each of its lines, milliseconds; a client that hangs fails the test. */
const STEP_MS = 10_000;

/** A client comes so soon, milliseconds, after all that it has to do before; one that never does fails the test. */
const ARRIVAL_MS = 60_000;

/** A server for one connection. */
export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** Ends when the script did; rejects with the line at which the client did something else. */
  readonly finished: Promise<void>;
}

/**
 * Serves one control connection by a script. Its lines:
 *
 *     C: LINE           the client must say this (`*` is any text)
 *     C closes          the client must close
 *     S: TEXT           say it; {port}, {p1}, {p2} are the data port's, which is opened then;
 *                       {other} is one that speaks TLS with another certificate, {deaf} ({deaf1}, {deaf2})
 *                       one where nothing answers, not even with a refusal
 *     S bytes: TEXT     say exactly this, with \r \n \xHH
 *     S lines: N        say N lines of a listing, or fewer when the client leaves
 *     S closes          close the control connection
 *     tls               handshake on the control connection
 *     data accept       take the data connection
 *     data refused      take the data connection of {other}; the client must refuse its certificate
 *     data connect      connect to where the client listens (EPRT)
 *     data tls          handshake on it
 *     data send TEXT    with \r \n \xHH; `data send N bytes` sends N times `x`
 *     data lines N      send N lines of a listing, or fewer when the client leaves
 *     data read TEXT    the client must send exactly this, and the end
 *     data read N bytes the client must send N bytes, not the end
 *     data finish       the clean end, and close
 *     data cut          close without the clean end of TLS
 */
export function scriptedServer(script: readonly string[]): ScriptedServer {
  return scriptedSessions([script]);
}

/** Serves one control connection after the other (they may overlap), each by the next script. */
export function scriptedSessions(scripts: readonly (readonly string[])[]): ScriptedServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const plays = scripts.map(() => new Play());
  const close = () => {
    closeIfOpen(listener);
    for (const play of plays) play.close();
  };
  const serve = async () => {
    const sessions: Promise<void>[] = [];
    for (const [at, play] of plays.entries()) {
      const conn = await within(listener.accept(), { limitMs: ARRIVAL_MS });
      const session = play.run(conn, scripts[at]!).finally(() => play.close());
      session.catch(() => {});
      sessions.push(session);
    }
    listener.close();
    await Promise.all(sessions);
  };
  const finished = serve().finally(close);
  finished.catch(() => {});
  return {
    port: listener.addr.port,
    finished,
    async [Symbol.asyncDispose]() {
      close();
      await finished.catch(() => {});
    },
  };
}

class Play {
  readonly #open = new Set<{ close(): void }>();
  #conn: Deno.TcpConn | undefined;
  #control: ByteStream | undefined;
  #received = "";
  #dataListener: Deno.TcpListener | undefined;
  #otherListener: Deno.TlsListener | undefined;
  #dataTarget: { hostname: string; port: number } | undefined;
  #dataConn: Deno.TcpConn | undefined;
  #data: ByteStream | undefined;
  readonly #tls = newTls();

  async run(conn: Deno.TcpConn, script: readonly string[]): Promise<void> {
    this.#conn = this.#keep(conn);
    this.#control = this.#keep(plainStream(this.#conn));
    for (const line of script) {
      try {
        await within(this.#step(line), { limitMs: STEP_MS });
      } catch (error) {
        throw new Error(`at "${line}": ${error instanceof Error ? error.message : error}`);
      }
    }
  }

  close(): void {
    for (const each of this.#open) closeIfOpen(each);
  }

  async #step(line: string): Promise<void> {
    const [, verb = "", rest = ""] =
      /^(C:|C closes|S:|S bytes:|S lines:|S closes|tls|data \w+) ?(.*)$/.exec(line) ?? [];
    switch (verb) {
      case "C:":
        return this.#expect(rest);
      case "C closes":
        return assert.equal(await this.#line(), undefined);
      case "S:":
        return await this.#say(bytesOf(await this.#withPort(rest) + "\\r\\n"));
      case "S bytes:":
        return await this.#say(bytesOf(await this.#withPort(rest)));
      case "S lines:":
        return await sayLines(this.#control!, Number(rest));
      case "data lines":
        return await sayLines(this.#data!, Number(rest));
      case "S closes":
        return this.#control!.close();
      case "tls":
        this.#control = this.#keep(await this.#secure(this.#conn!, this.#tls));
        return;
      case "data accept":
        return await this.#accept();
      case "data refused":
        // Under TLS 1.3 our half of the handshake is over before the client judges.
        await assert.rejects(this.#accept().then(() => this.#data!.read(new Uint8Array(1))));
        return;
      case "data connect":
        this.#dataConn = this.#keep(await Deno.connect(this.#dataTarget!));
        this.#data = this.#keep(plainStream(this.#dataConn));
        return;
      case "data tls":
        this.#data = this.#keep(
          await this.#secure(this.#dataConn!, this.#tls),
        );
        return;
      case "data send":
        return await this.#data!.write(bytesOf(rest));
      case "data read":
        return await this.#readData(rest);
      case "data finish":
        await this.#data!.finish();
        return this.#data!.close();
      case "data cut":
        return this.#dataConn!.close();
      default:
        throw new Error("no such line in a script");
    }
  }

  async #say(bytes: Uint8Array): Promise<void> {
    await this.#control!.write(bytes);
  }

  async #expect(pattern: string): Promise<void> {
    const line = await this.#line();
    const source = pattern.replace(/[\\^$.|?+()[\]{}]/g, "\\$&").replaceAll("*", ".*");
    assert.match(line ?? "(closed)", new RegExp(`^${source}$`, "s"));
    const [, port] = /^EPRT \|1\|127\.0\.0\.1\|(\d+)\|$/.exec(line ?? "") ?? [];
    if (port) this.#dataTarget = { hostname: "127.0.0.1", port: Number(port) };
  }

  /** The next line of the client's; `undefined` when it closed. */
  async #line(): Promise<string | undefined> {
    const buffer = new Uint8Array(1024);
    let end = this.#received.indexOf("\r\n");
    while (end < 0) {
      const count = await this.#control!.read(buffer);
      if (count === null) return undefined;
      this.#received += new TextDecoder().decode(buffer.subarray(0, count));
      end = this.#received.indexOf("\r\n");
    }
    const line = this.#received.slice(0, end);
    this.#received = this.#received.slice(end + 2);
    return line;
  }

  async #readData(what: string): Promise<void> {
    const exactly = /^(\d+) bytes$/.exec(what)?.[1];
    const buffer = new Uint8Array(64 * 1024);
    let received = "";
    for (;;) {
      if (exactly !== undefined && received.length >= Number(exactly)) return;
      const count = await this.#data!.read(buffer);
      if (count === null) break;
      received += new TextDecoder().decode(buffer.subarray(0, count));
    }
    assert.equal(received, new TextDecoder().decode(bytesOf(what)));
  }

  async #accept(): Promise<void> {
    if (this.#otherListener !== undefined) {
      const conn = this.#keep(await this.#otherListener.accept());
      await conn.handshake();
      this.#data = this.#keep(plainStream(conn));
      return;
    }
    this.#dataConn = this.#keep(await this.#dataListener!.accept());
    this.#data = this.#keep(plainStream(this.#dataConn));
  }

  /** Opens the data port when a reply names it. */
  async #withPort(text: string): Promise<string> {
    if (text.includes("{other}")) {
      const { certificatePem: cert, keyPem: key } = newIdentity();
      const other = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
      this.#otherListener = this.#keep(other);
      return text.replace("{other}", `${endpointOf(other.addr as Deno.NetAddr).port}`);
    }
    if (text.includes("{deaf")) {
      const deaf = await deafPort();
      this.#open.add({ close: () => deaf[Symbol.dispose]() });
      return text.replace("{deaf}", `${deaf.port}`)
        .replace("{deaf1}", `${deaf.port >> 8}`).replace("{deaf2}", `${deaf.port & 255}`);
    }
    if (!/\{p/.test(text)) return text;
    this.#dataListener = this.#keep(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
    const { port } = this.#dataListener.addr;
    return text.replace("{port}", `${port}`)
      .replace("{p1}", `${port >> 8}`).replace("{p2}", `${port & 255}`);
  }

  #secure(conn: Deno.TcpConn, tls: ServerTls): Promise<ByteStream> {
    return tls.upgrade(conn, { limitMs: STEP_MS, signal: new AbortController().signal });
  }

  #keep<T extends { close(): void }>(resource: T): T {
    this.#open.add(resource);
    return resource;
  }
}

/** A client may have had enough of them: then it closes. */
async function sayLines(stream: ByteStream, count: number): Promise<void> {
  const line = new TextEncoder().encode(
    "-rw-r--r-- 1 o g 10 Jan  1  2020 and one more of so many\r\n",
  );
  try {
    for (let said = 0; said < count; said++) await stream.write(line);
  } catch (error) {
    if (!isFault(error)) throw error;
  }
}

function newTls(): ServerTls {
  return new ServerTls(newIdentity());
}

function newIdentity(): TlsIdentity {
  return selfSigned("localhost", Date.now());
}

function bytesOf(text: string): Uint8Array {
  const count = /^(\d+) bytes$/.exec(text)?.[1];
  if (count !== undefined) return new Uint8Array(Number(count)).fill(0x78);
  const plain = text.replaceAll("\\r", "\r").replaceAll("\\n", "\n");
  const parts = plain.split(/\\x([0-9a-f]{2})/i);
  return Uint8Array.from(
    parts.flatMap((part, at) =>
      at % 2 === 1 ? [parseInt(part, 16)] : [...new TextEncoder().encode(part)]
    ),
  );
}
