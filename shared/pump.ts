// Moves bytes from a source to a sink: one buffer is filled while the other is being written.

import {
  BufferPool,
  LARGEST_BUFFER_BYTES,
  nextBufferBytes,
  SHRINK_AFTER_MS,
  SMALLEST_BUFFER_BYTES,
} from "./buffer_pool.ts";
import { Alarm } from "./alarm.ts";
import type { ByteSink, ByteSource } from "./byte_stream.ts";
import { within } from "./deadline.ts";
import { Fault } from "./fault.ts";

/** Pieces of a TLS record each cost a tenth more; much larger ones are no longer in the processor's cache. */
const SHOWN_AT_ONCE_BYTES = 128 * 1024;

/** How bytes are moved. */
export interface PumpOptions {
  /** Stops it with an `aborted` fault. */
  readonly signal: AbortSignal;
  /** Stops it with a `timed-out` fault when nothing moved for so long, milliseconds. */
  readonly stallMs: number;
  /**
   * Shown what comes from the source, in order, before the sink gets it and while the processor still has it at
   * hand: what goes through all bytes once more costs least here. Valid until it returns. After a failure the last
   * bytes may go to the sink without having been shown.
   */
  readonly onRead?: (bytes: Uint8Array) => void;
  /** Told of every piece the sink took, in bytes. */
  readonly onMoved?: (bytes: number) => void;
  /**
   * Whether bytes that were read are still written after a failure. For a sink that keeps them, so
   * that an interrupted upload loses nothing; not for a peer, who may never take them.
   */
  readonly salvage?: boolean;
  /** Where buffers come from; the transfers of one thread share one pool. */
  readonly buffers?: BufferPool;
  /** What ends its waits; transfers that follow each other share one. */
  readonly alarm?: Alarm;
  /** How large a buffer may become: a power of two. */
  readonly largestBufferBytes?: number;
  /**
   * What the sink is given at once, where that is less than a buffer: only what it took whole counts
   * as moved, so this much must pass within the stall limit.
   */
  readonly largestWriteBytes?: number;
}

/**
 * Moves everything from `source` to `sink`, and closes neither. After a failure a read or write may
 * still be under way: it ends when the caller closes its side.
 *
 * @returns how many bytes.
 * @throws Fault `aborted`, `timed-out`, or whatever the source or the sink threw.
 */
export function pump(source: ByteSource, sink: ByteSink, options: PumpOptions): Promise<number> {
  return new Carrier(source, sink, options).run();
}

/** One pump at work: owns its buffers. */
class Carrier {
  readonly #source: ByteSource;
  readonly #sink: ByteSink;
  readonly #options: PumpOptions;
  readonly #pool: BufferPool;
  readonly #alarm: Alarm;
  #halted = false;
  #sinkFailed = false;
  /** The buffer that reads go into, and how much of it they filled. */
  #filling: Uint8Array | undefined;
  #filledBytes = 0;
  /** How much of that was shown. */
  #shownBytes = 0;
  /** The write under way; it never rejects, its failure halts. */
  #writing: Promise<void> = Promise.resolve();
  #movedBytes = 0;

  constructor(source: ByteSource, sink: ByteSink, options: PumpOptions) {
    this.#source = source;
    this.#sink = sink;
    this.#options = options;
    this.#pool = options.buffers ?? new BufferPool();
    this.#alarm = options.alarm ?? new Alarm();
  }

  async run(): Promise<number> {
    const { signal, stallMs, alarm } = this.#options;
    using _turn = this.#pool.pace.join();
    using _own = alarm === undefined ? this.#alarm : undefined;
    try {
      if (signal.aborted) throw new Fault("aborted", { cause: signal.reason });
      await this.#alarm.within(this.#carry(), stallMs, signal);
      return this.#movedBytes;
    } catch (error) {
      this.#halted = true;
      await this.#rescue();
      throw error;
    }
  }

  async #carry(): Promise<void> {
    const largest = this.#options.largestBufferBytes ?? LARGEST_BUFFER_BYTES;
    let size = SMALLEST_BUFFER_BYTES;
    let ended = false;
    let startedMs = performance.now();
    while (!ended && !this.#halted) {
      const buffer = this.#filling = this.#pool.take(size);
      ended = await this.#fill(buffer);
      this.#show(buffer);
      await this.#writing;
      if (this.#halted) return;
      const nowMs = performance.now();
      const share = Math.min(largest, this.#pool.shareBytes);
      size = nextBufferBytes(size, nowMs - startedMs, share, this.#pool.pace.running);
      startedMs = nowMs;
      this.#writing = this.#put();
      const rest = ended ? undefined : this.#pool.pace.rest();
      if (rest !== undefined) await rest;
    }
    await this.#writing;
  }

  /**
   * Reads until the buffer is full, or for so long that a source must have become slow: then what came
   * goes on, so that nobody takes the silence for the end. @returns whether the source has ended.
   */
  async #fill(buffer: Uint8Array): Promise<boolean> {
    const startedMs = performance.now();
    while (this.#filledBytes < buffer.length) {
      const into = this.#filledBytes === 0 ? buffer : buffer.subarray(this.#filledBytes);
      const bytes = await this.#source.read(into);
      // What comes after a halt is not counted: what was there before is being rescued.
      if (bytes === null || this.#halted) return true;
      if (bytes === 0) throw new Error("a source read nothing and did not end");
      this.#filledBytes += bytes;
      if (this.#filledBytes - this.#shownBytes >= SHOWN_AT_ONCE_BYTES) this.#show(buffer);
      this.#alarm.renew();
      if (performance.now() - startedMs > SHRINK_AFTER_MS) return false;
    }
    return false;
  }

  /** Shows what was read into the buffer and not shown yet. */
  #show(buffer: Uint8Array): void {
    if (this.#halted || this.#filledBytes === this.#shownBytes) return;
    this.#options.onRead?.(buffer.subarray(this.#shownBytes, this.#filledBytes));
    this.#shownBytes = this.#filledBytes;
  }

  /** Hands the filled part to the sink and the buffer back to the pool. */
  async #put(): Promise<void> {
    const buffer = this.#filling;
    const bytes = this.#filledBytes;
    this.#filling = undefined;
    this.#filledBytes = 0;
    this.#shownBytes = 0;
    if (buffer === undefined) return;
    try {
      if (bytes > 0) await this.#write(buffer.subarray(0, bytes));
      this.#pool.give(buffer);
    } catch (error) {
      this.#pool.drop(buffer);
      this.#sinkFailed = true;
      this.#stop(error);
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const step = this.#options.largestWriteBytes ?? bytes.length;
    for (let at = 0; at < bytes.length; at += step) {
      const piece = step < bytes.length ? bytes.subarray(at, at + step) : bytes;
      await this.#sink.write(piece);
      this.#movedBytes += piece.length;
      if (!this.#halted) this.#alarm.renew();
      this.#options.onMoved?.(piece.length);
    }
  }

  /** Once halted, the alarm is somebody else's. */
  #stop(why: unknown): void {
    if (this.#halted) return;
    this.#halted = true;
    this.#alarm.stop(why);
  }

  /** After a failure: writes what was read, where that makes sense, and lets go of the buffer. */
  async #rescue(): Promise<void> {
    const buffer = this.#filling;
    const bytes = this.#filledBytes;
    this.#filling = undefined;
    // A read may be under way into its rest, so it cannot be used again.
    if (buffer !== undefined) this.#pool.drop(buffer);
    if (!this.#options.salvage) return;
    // Also where nothing more is to be written: whoever keeps what came looks at it next.
    const written = this.#writing.then(async () => {
      if (buffer !== undefined && !this.#sinkFailed) await this.#write(buffer.subarray(0, bytes));
    });
    // The failure that brought us here is the one to tell; the sink may have hung, so not for ever.
    await within(written, { limitMs: this.#options.stallMs }).catch(() => {});
  }
}
