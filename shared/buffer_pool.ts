// The memory that moving bytes costs one thread: buffers of a few sizes, used again and bounded.

import { Pace } from "./pace.ts";

const KIB = 1024;

/** What a transfer starts with and slow ones keep: two TLS records; 1,000 slow transfers hold 32 MiB. */
export const SMALLEST_BUFFER_BYTES = 32 * KIB;
/** What a transfer at full speed ends with: larger ones were not measurably faster. */
export const LARGEST_BUFFER_BYTES = 1024 * KIB;

/** A buffer filled and written in less than this is doubled: 1.6 MB/s for the smallest. */
const GROW_WITHIN_MS = 20;
/** One that took longer is halved, so that a slow transfer holds little and shows progress. */
export const SHRINK_AFTER_MS = 200;

/**
 * How large the next buffer should be, after one of `bytes` took `tookMs` to fill and to write.
 *
 * @param transfers how many share the thread: they wait for each other, and none is slow for that.
 */
export function nextBufferBytes(
  bytes: number,
  tookMs: number,
  largest: number,
  transfers: number = 1,
): number {
  const growWithinMs = Math.min(GROW_WITHIN_MS * transfers, SHRINK_AFTER_MS);
  if (tookMs < growWithinMs) return Math.min(bytes * 2, largest);
  if (tookMs > SHRINK_AFTER_MS) {
    return Math.min(Math.max(bytes / 2, SMALLEST_BUFFER_BYTES), largest);
  }
  return Math.min(bytes, largest);
}

/** Above this, transfers of one thread get only smallest buffers: 64 at full speed fit. */
const IN_USE_LIMIT_BYTES = 128 * 1024 * KIB;
/** What may always lie unused and be handed out again, instead of being left to the garbage collector. */
const SPARE_LIMIT_BYTES = 16 * 1024 * KIB;

/**
 * Buffers for the transfers of one thread. Sizes are {@linkcode SMALLEST_BUFFER_BYTES} times a power
 * of two. Contents are left over from earlier use: only what was read into a buffer may be written.
 */
export class BufferPool {
  /** The pace of those same transfers. */
  readonly pace = new Pace();
  readonly #spare = new Map<number, Uint8Array[]>();
  #spareBytes = 0;
  #inUseBytes = 0;

  /** Bytes handed out and not yet back. */
  get inUseBytes(): number {
    return this.#inUseBytes;
  }

  /**
   * What a buffer of each transfer may have, so that all together, with two each, stay within the limit: else the
   * first to grow would leave the smallest to the others.
   */
  get shareBytes(): number {
    const fairBytes = IN_USE_LIMIT_BYTES / 2 / Math.max(this.pace.running, 1);
    let bytes = SMALLEST_BUFFER_BYTES;
    while (bytes * 2 <= fairBytes) bytes *= 2;
    return bytes;
  }

  /** A buffer of `wantedBytes`, or a smallest one when too much memory is in use already. */
  take(wantedBytes: number): Uint8Array {
    const fits = this.#inUseBytes + wantedBytes <= IN_USE_LIMIT_BYTES;
    const size = fits ? wantedBytes : SMALLEST_BUFFER_BYTES;
    this.#inUseBytes += size;
    const spare = this.#spare.get(size)?.pop();
    if (spare === undefined) return new Uint8Array(size);
    this.#spareBytes -= size;
    return spare;
  }

  /** Takes a buffer back; no read or write of it may still be under way. */
  give(buffer: Uint8Array): void {
    this.drop(buffer);
    const spares = this.#spare.get(buffer.length);
    if (spares === undefined) this.#spare.set(buffer.length, [buffer]);
    else spares.push(buffer);
    this.#spareBytes += buffer.length;
    // While others move, what is spare is wanted again at once, by whoever begins or grows.
    const isQuiet = this.#inUseBytes === 0;
    this.#trim(isQuiet ? 0 : IN_USE_LIMIT_BYTES - this.#inUseBytes);
  }

  /** Leaves so many spare bytes, or what may always lie there; the sizes known longest go first. */
  #trim(bytes: number): void {
    const limitBytes = Math.max(bytes, SPARE_LIMIT_BYTES);
    for (const [size, spares] of this.#spare) {
      while (this.#spareBytes > limitBytes && spares.pop() !== undefined) this.#spareBytes -= size;
    }
  }

  /** Forgets a buffer that some read may still fill: it must not be handed out again. */
  drop(buffer: Uint8Array): void {
    this.#inUseBytes -= buffer.length;
  }
}
