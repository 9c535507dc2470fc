// Lines of one control connection, read so that urgent data never stalls them.

import type { ByteSource } from "../shared/byte_stream.ts";
import { type LineEvent, LineReader } from "../shared/line_reader.ts";
import { TLS_HANDSHAKE_BYTE } from "./request_line.ts";

/** One read takes this many bytes at most: many short requests; every session keeps a buffer of it. */
const READ_BYTES = 1024;

const IAC = 0xff;

/**
 * Reads lines ahead of their use, a bounded number of them.
 *
 * In clear, the first byte of every line is read alone, and every byte while `careful`: after urgent
 * data (ABOR with the Telnet Synch) the runtime does not wake a read whose buffer was larger than
 * what had come before the mark. TLS knows no urgent data.
 */
export class RequestReader {
  /** Whether a transfer runs, so that an ABOR may come as urgent data at any moment. */
  careful = false;

  readonly #source: ByteSource;
  readonly #urgentDataPossible: boolean;
  readonly #lines = new LineReader();
  readonly #ready: LineEvent[] = [];
  readonly #one = new Uint8Array(1);
  /** Made when first needed: most waiting sessions never need it. */
  #many: Uint8Array | undefined;
  #filling: Promise<boolean> | undefined;
  #telnet = false;
  #began = false;

  constructor(source: ByteSource, urgentDataPossible: boolean) {
    this.#source = source;
    this.#urgentDataPossible = urgentDataPossible;
  }

  /** Whether a read is under way: then the connection cannot be handed to anybody else. */
  get reading(): boolean {
    return this.#filling !== undefined;
  }

  /** Whether {@linkcode take} has something. */
  get hasLine(): boolean {
    return this.#ready.length > 0;
  }

  /** The next line that is there already. */
  take(): LineEvent | undefined {
    return this.#ready.shift();
  }

  /**
   * Waits until there is a line; safe to call again while one waits, and nothing is lost when nobody
   * waits any more.
   *
   * @returns `false` at the end of the stream.
   * @throws Fault as the source does.
   */
  ready(): Promise<boolean> {
    if (this.hasLine) return Promise.resolve(true);
    if (this.#filling === undefined) {
      this.#filling = this.#fill().finally(() => this.#filling = undefined);
      // The failure is told to whoever asks next; until then nobody may be listening.
      this.#filling.catch(() => {});
    }
    return this.#filling;
  }

  async #fill(): Promise<boolean> {
    while (!this.hasLine) {
      const buffer = this.#buffer();
      const count = await this.#source.read(buffer);
      if (count === null) return false;
      this.#take(buffer.subarray(0, count));
    }
    return true;
  }

  #buffer(): Uint8Array {
    const single = this.#urgentDataPossible &&
      (this.careful || this.#telnet || !this.#lines.midLine);
    return single ? this.#one : this.#many ??= new Uint8Array(READ_BYTES);
  }

  #take(bytes: Uint8Array): void {
    // SECURITY: TLS where clear text is expected never ends a line; it is told as one at once.
    const isTls = !this.#began && bytes[0] === TLS_HANDSHAKE_BYTE;
    this.#began = true;
    if (isTls) this.#ready.push({ kind: "line", bytes: Uint8Array.of(TLS_HANDSHAKE_BYTE) });
    // A line that Telnet commands begin is the one that urgent data belongs to.
    if (bytes[0] === IAC) this.#telnet = true;
    this.#ready.push(...this.#lines.push(bytes));
    if (this.hasLine) this.#telnet = false;
  }
}
