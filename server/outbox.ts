// Text on its way to a peer: what is ready leaves in one segment.

import { Alarm } from "../shared/alarm.ts";
import type { ByteSink } from "../shared/byte_stream.ts";

/** Answers to pipelined requests are gathered up to this much; then they leave before more is read. */
export const OUTBOX_LIMIT_CHARACTERS = 16 * 1024;

/** A peer that takes no reply for so long is gone. */
const WRITE_LIMIT_MS = 60_000;

/** Gathers text and writes it in order, one write at a time; disposal ends its clock. */
export class Outbox implements Disposable {
  readonly #encode: (text: string) => Uint8Array;
  #sink: ByteSink;
  readonly #alarm = new Alarm();
  #text = "";
  #writing: Promise<void> | undefined;

  /** @param encode asked when text leaves; UTF-8 by default. */
  constructor(
    sink: ByteSink,
    encode: (text: string) => Uint8Array = (text) => new TextEncoder().encode(text),
  ) {
    this.#sink = sink;
    this.#encode = encode;
  }

  /** Whether so much is gathered that it should leave before more is added. */
  get isFull(): boolean {
    return this.#text.length >= OUTBOX_LIMIT_CHARACTERS;
  }

  /** Whether anything waits to leave. */
  get isEmpty(): boolean {
    return this.#text === "";
  }

  /** Adds text; it leaves with the next {@linkcode flush}. */
  put(text: string): void {
    this.#text += text;
  }

  /** What is written from now on goes elsewhere: the same connection under TLS. */
  redirect(sink: ByteSink): void {
    this.#sink = sink;
  }

  /**
   * Resolves when everything put so far has left.
   *
   * @throws Fault as the sink does, `timed-out` when the peer takes nothing.
   */
  flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => this.#writing = undefined);
    return this.#writing;
  }

  /**
   * Lets what is put wait for more, so long at most.
   *
   * @returns the timer, for `clearTimeout`; none where nothing waits.
   */
  flushWithin(ms: number): ReturnType<typeof setTimeout> | undefined {
    return this.isEmpty ? undefined : setTimeout(() => this.flush().catch(() => {}), ms);
  }

  async #write(): Promise<void> {
    while (this.#text !== "") {
      const bytes = this.#encode(this.#text);
      this.#text = "";
      await this.#alarm.within(this.#sink.write(bytes), WRITE_LIMIT_MS);
    }
  }

  [Symbol.dispose](): void {
    this.#alarm[Symbol.dispose]();
  }
}
