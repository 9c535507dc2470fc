// The encrypted side of a TLS connection that was accepted in clear: what node's TLS reads and writes.

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

/** A control connection's records are a line long; a client's first flight is less than this, too. */
const READ_BYTES = 4096;

/**
 * A duplex over a raw connection, whose reads can be held. Back-pressure is applied here and not by
 * pausing the TLS socket, because one that was ever paused never tells its end.
 */
export class RawSide {
  readonly duplex: Duplex;
  readonly #conn: Deno.TcpConn;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #held = false;
  /** Whether the duplex has asked for bytes and not got any yet. */
  #wanted = false;
  #reading = false;
  /** Called when the peer has sent its FIN; TLS has told its own end before, if there was one. */
  onEnd: () => void = () => {};

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.duplex = new Duplex({
      read: () => {
        this.#wanted = true;
        this.#pull();
      },
      write: (bytes: Uint8Array, _encoding, done) =>
        void this.#write(bytes).then(() => done(), done),
      final: (done) => void conn.closeWrite().then(() => done(), done),
      destroy: (error, done) => {
        conn.close();
        done(error);
      },
    });
  }

  /** `true` stops reading from the network, `false` goes on. */
  hold(full: boolean): void {
    this.#held = full;
    this.#pull();
  }

  #pull(): void {
    if (this.#held || !this.#wanted || this.#reading) return;
    this.#reading = true;
    this.#wanted = false;
    this.#conn.read(this.#buffer).then((bytes) => {
      this.#reading = false;
      if (bytes === null) {
        this.onEnd();
        this.duplex.push(null);
      } else {
        this.duplex.push(Buffer.from(this.#buffer.subarray(0, bytes)));
      }
    }, (error) => void this.duplex.destroy(error));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += await this.#conn.write(bytes.subarray(at) as Uint8Array<ArrayBuffer>);
    }
  }
}
