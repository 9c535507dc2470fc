// The encrypted side of a TLS connection: what the TLS engine reads and writes, over any stream of bytes.

import { Duplex } from "node:stream";
import type { ByteStream } from "../shared/byte_stream.ts";
import { Fault } from "../shared/fault.ts";
import { RecordTail } from "../shared/record_tail.ts";

/** One read off the network: many records at once, so that their fixed costs are shared. */
const READ_BYTES = 256 * 1024;

/**
 * A duplex over a stream, whose reads can be held. Back-pressure is applied here and not by pausing the TLS
 * socket, because one that was ever paused may never tell its end.
 */
export class EncryptedSide {
  readonly duplex: Duplex;
  readonly #below: ByteStream;
  readonly #tail = new RecordTail();
  #held = false;
  /** Whether the duplex has asked for bytes and not got any yet. */
  #wanted = false;
  #reading = false;

  /** Owns `below` from now on. */
  constructor(below: ByteStream) {
    this.#below = below;
    this.duplex = new Duplex({
      readableHighWaterMark: READ_BYTES,
      read: () => {
        this.#wanted = true;
        this.#pull();
      },
      write: (bytes: Uint8Array, _encoding, done) => {
        below.write(bytes).then(() => done(), done);
      },
      final: (done) => {
        below.finish().then(() => done(), done);
      },
    });
    // The TLS socket above tells its own errors; without this one they would be thrown twice.
    this.duplex.on("error", () => {});
  }

  /** `true` stops reading from the network, `false` goes on. */
  hold(full: boolean): void {
    this.#held = full;
    this.#pull();
  }

  /**
   * Says that nothing more will be written, below what the TLS engine said (close_notify), which does not do it:
   * ProFTPD waits ten seconds for it after an upload.
   */
  finish(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.duplex.once("error", reject);
      this.duplex.end(() => resolve());
    });
  }

  /** Ends both directions at once. */
  close(): void {
    this.duplex.destroy();
    this.#below.close();
  }

  #pull(): void {
    if (this.#held || !this.#wanted || this.#reading) return;
    this.#reading = true;
    this.#wanted = false;
    const buffer = new Uint8Array(READ_BYTES);
    this.#below.read(buffer).then((count) => {
      this.#reading = false;
      if (count === null) return this.#end();
      const bytes = buffer.subarray(0, count);
      this.#tail.take(bytes);
      this.duplex.push(bytes);
    }).catch((error) => this.duplex.destroy(error));
  }

  /**
   * SECURITY: the runtime tells a FIN without close_notify as a clean end (a truncation attack, RFC 8446,
   * 6.1), so whether the last record can have been one is looked up in the encrypted bytes.
   */
  #end(): void {
    if (this.#tail.endsWithAlert) this.duplex.push(null);
    else this.duplex.destroy(new Fault("truncated"));
  }
}
