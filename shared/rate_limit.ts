// Bytes a second: what several streams may move together.

import type { ByteSink, ByteSource } from "./byte_stream.ts";
import { pause } from "./deadline.ts";
import { Fault } from "./fault.ts";

/** Time that was not used is not saved up beyond this, so that a pause is followed by no burst. */
const BURST_MS = 250;
/** What is moved at once takes no longer, so that slow streams move evenly. */
const PIECE_MS = 250;
const SMALLEST_PIECE_BYTES = 512;

/** An allowance that fills up as time goes by; all that take from it share it, first come, first served. */
export class RateAllowance {
  /** May change at any time. */
  bytesPerSecond: number;
  readonly #now: () => number;
  #dueMs: number;

  constructor(bytesPerSecond: number, now: () => number = () => performance.now()) {
    this.bytesPerSecond = bytesPerSecond;
    this.#now = now;
    this.#dueMs = now();
  }

  /** How much should be moved before the next {@linkcode spend}. */
  get pieceBytes(): number {
    return Math.max(SMALLEST_PIECE_BYTES, Math.floor(this.bytesPerSecond * PIECE_MS / 1000));
  }

  /** Takes what was moved. @returns how long to wait before more is, milliseconds. */
  spend(bytes: number): number {
    const nowMs = this.#now();
    this.#dueMs = Math.max(this.#dueMs, nowMs - BURST_MS) + bytes / this.bytesPerSecond * 1000;
    return Math.max(0, this.#dueMs - nowMs);
  }
}

/** A sink that takes no more than it is allowed. @throws Fault `aborted` while it waits */
export function limitedSink(
  sink: ByteSink,
  allowance: RateAllowance,
  signal: AbortSignal,
): ByteSink {
  return {
    async write(bytes) {
      await sink.write(bytes);
      await wait(allowance.spend(bytes.length), signal);
    },
  };
}

/** A source that gives no more than it is allowed. @throws Fault `aborted` while it waits */
export function limitedSource(
  source: ByteSource,
  allowance: RateAllowance,
  signal: AbortSignal,
): ByteSource {
  const readPiece = async (into: Uint8Array) => {
    const bytes = await source.read(into.subarray(0, allowance.pieceBytes));
    if (bytes !== null) await wait(allowance.spend(bytes), signal);
    return bytes;
  };
  return {
    // What has no limit costs nothing, as long as it has none.
    read: (into) => allowance.bytesPerSecond === Infinity ? source.read(into) : readPiece(into),
  };
}

/** @throws Fault `aborted` */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0) return;
  await pause(ms, signal);
  if (signal.aborted) throw new Fault("aborted", { cause: signal.reason });
}
