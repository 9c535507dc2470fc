// The plainest peer: a line out, a reply in, over a real connection.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { within } from "../../shared/deadline.ts";

/** How long a server may take for a reply. */
const LIMIT_MS = 20_000;

/** A control connection to a server on this machine, in clear at first. */
export class ControlLine implements Disposable {
  #conn: Deno.TcpConn | Deno.TlsConn;
  #text = "";

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Connects, and demands a greeting of this code; `header` is what a proxy would say first. */
  static async open(
    port: number,
    code = 220,
    hostname = "127.0.0.1",
    header?: string,
  ): Promise<ControlLine> {
    const line = new ControlLine(await Deno.connect({ hostname, port }));
    if (header !== undefined) await line.send(header);
    assert.equal(await line.reply(), code);
    return line;
  }

  /** Sends a line and demands a reply of this code. */
  async say(text: string, code: number): Promise<void> {
    await this.send(text);
    assert.equal(await this.reply(), code, text);
  }

  /** Sends a line and answers the whole reply. */
  async ask(text: string): Promise<string> {
    await this.send(text);
    return await this.wholeReply();
  }

  /** Sends a line. */
  async send(text: string): Promise<void> {
    await this.#conn.write(new TextEncoder().encode(`${text}\r\n`));
  }

  /** Does the handshake that follows a 234; the server must show this certificate. */
  async startTls(certificatePem: string): Promise<void> {
    assert.ok(!("handshake" in this.#conn), "TLS is on already");
    assert.equal(this.#text, "");
    const caCerts = [certificatePem];
    const tls = await Deno.startTls(this.#conn, { hostname: "localhost", caCerts });
    this.#conn = tls;
    await within(tls.handshake(), { limitMs: LIMIT_MS });
  }

  /** The code of the next reply, which may have several lines. */
  async reply(): Promise<number> {
    const lines = (await this.wholeReply()).split("\r\n");
    return Number(lines.at(-1)?.slice(0, 3));
  }

  /** The next reply, without its last line's end. */
  async wholeReply(): Promise<string> {
    const bytes = new Uint8Array(4096);
    for (;;) {
      const match = /^\d{3} .*\r\n/m.exec(this.#text);
      if (match !== null) {
        const end = match.index + match[0].length;
        const reply = this.#text.slice(0, end - 2);
        this.#text = this.#text.slice(end);
        return reply;
      }
      const count = await within(this.#conn.read(bytes), { limitMs: LIMIT_MS });
      assert.ok(count !== null, `the connection ended after "${this.#text}"`);
      this.#text += new TextDecoder().decode(bytes.subarray(0, count));
    }
  }

  /** Waits until the server closes; it must say nothing more. */
  async ended(): Promise<void> {
    assert.equal(await within(this.#conn.read(new Uint8Array(1)), { limitMs: LIMIT_MS }), null);
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }
}

/** `sha256:HEX` of the certificate that a server shows after AUTH TLS. */
export async function fingerprintOverTls(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "data");
  socket.write("AUTH TLS\r\n");
  await once(socket, "data");
  const tls = connectTls({ socket, rejectUnauthorized: false });
  await once(tls, "secureConnect");
  const { fingerprint256 } = tls.getPeerCertificate();
  const closed = once(tls, "close");
  tls.destroy();
  await closed;
  return `sha256:${fingerprint256.replaceAll(":", "").toLowerCase()}`;
}
