// Segments fetched side by side: whoever is free takes the next, and whoever loses its connection gives it back.

import { limitedSink, type RateAllowance } from "../../shared/rate_limit.ts";
import type { ByteSink } from "../../shared/byte_stream.ts";
import { CommandFailure } from "../../shared/exit_code.ts";
import type { Client, DownloadOptions } from "../client.ts";
import { ContentDiffers, isTransient } from "../failure.ts";
import { isFinal } from "../failure_report.ts";
import { allowanceOf, progressTeller } from "../transfer.ts";
import type { SegmentFile } from "./segment_file.ts";
import { bytesThere, type Segment } from "./segment_map.ts";

/** A connection of its own, made when it is needed. */
export interface SegmentLane {
  /** @throws CommandFailure */
  client(): Promise<Client>;
  /** A new one when the last was lost. @throws CommandFailure */
  reconnect(): Promise<Client>;
}

/** Bytes in front of a segment, fetched a second time. */
export interface Overlap {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Enough that chance cannot make it equal. */
export const OVERLAP_BYTES = 64 * 1024;

/** A connection that fails so often without moving a byte is left to itself. */
const FRUITLESS_LIMIT = 2;

/** What the work is told. */
export interface SegmentWorkOptions
  extends Pick<DownloadOptions, "signal" | "onProgress" | "limitRate" | "allowance"> {
  readonly lanes: readonly SegmentLane[];
}

/**
 * Fetches what is missing.
 *
 * @returns what was fetched twice, to be compared.
 * @throws the failure of the last connection, when none is left and something is missing
 */
export async function fetchSegments(
  path: string,
  file: SegmentFile,
  options: SegmentWorkOptions,
): Promise<Overlap[]> {
  const work = new SegmentWork(path, file, options);
  await work.run();
  return work.overlaps;
}

class SegmentWork {
  readonly overlaps: Overlap[] = [];
  readonly #path: string;
  readonly #file: SegmentFile;
  readonly #options: SegmentWorkOptions;
  readonly #waiting: Segment[];
  readonly #progress: (doneBytes: number, always: boolean) => void;
  readonly #allowance: RateAllowance | undefined;
  /** Ends the others when one found that all is in vain. */
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  /** Segments that are being fetched. */
  #busy = 0;
  /** Resolves when a segment was fetched or given back. */
  #news = Promise.withResolvers<void>();
  /** What ended all of it. */
  #failure: { readonly why: unknown } | undefined;
  /** Why the last connection that was lost was lost. */
  #lastLoss: unknown;

  constructor(path: string, file: SegmentFile, options: SegmentWorkOptions) {
    const { signal, onProgress } = options;
    this.#path = path;
    this.#file = file;
    this.#options = options;
    this.#waiting = file.map.segments.filter(({ at, end }) => at < end);
    this.#progress = progressTeller(onProgress, file.map.size);
    this.#allowance = allowanceOf(options);
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
  }

  async run(): Promise<void> {
    const lanes = this.#options.lanes.slice(0, Math.max(this.#waiting.length, 1));
    await Promise.all(lanes.map((lane, at) => this.#runOn(lane, at === 0)));
    if (this.#failure !== undefined) throw this.#failure.why;
    if (bytesThere(this.#file.map) < this.#file.map.size) throw this.#lastLoss;
  }

  /** @param isFirst the connection that is open already; without another it alone does all. */
  async #runOn(lane: SegmentLane, isFirst: boolean): Promise<void> {
    let fruitless = 0;
    for (let segment = await this.#next(); segment; segment = await this.#next()) {
      const before = segment.at;
      try {
        await this.#fetch(await (fruitless === 0 ? lane.client() : lane.reconnect()), segment);
        fruitless = 0;
      } catch (error) {
        if (!mayPass(error)) return this.#fail(error);
        this.#lastLoss = error;
        fruitless = segment.at > before ? 1 : fruitless + 1;
        // A connection that is not to be had leaves its share to the others (421).
        if (fruitless > FRUITLESS_LIMIT || (!isFirst && error instanceof CommandFailure)) return;
      } finally {
        this.#giveBack(segment);
      }
    }
  }

  /** The next segment, as soon as there is one; `undefined` when nobody has any to give back. */
  async #next(): Promise<Segment | undefined> {
    while (this.#failure === undefined) {
      const segment = this.#waiting.shift();
      if (segment !== undefined) {
        this.#busy++;
        return segment;
      }
      if (this.#busy === 0) return undefined;
      await this.#news.promise;
    }
    return undefined;
  }

  #giveBack(segment: Segment): void {
    this.#busy--;
    if (segment.at < segment.end) this.#waiting.push(segment);
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  #fail(why: unknown): void {
    this.#failure ??= { why };
    this.#stop.abort();
  }

  async #fetch(client: Client, segment: Segment): Promise<void> {
    const { at, end } = segment;
    const overlapBytes = Math.min(at, OVERLAP_BYTES);
    const overlap = new Uint8Array(overlapBytes);
    let received = 0;
    const sink: ByteSink = {
      write: async (bytes) => {
        const again = bytes.subarray(0, Math.max(overlapBytes - received, 0));
        overlap.set(again, Math.min(received, overlapBytes));
        received += bytes.length;
        if (again.length === bytes.length) return;
        await this.#file.append(segment, bytes.subarray(again.length));
        this.#progress(bytesThere(this.#file.map), false);
      },
    };
    const allowance = this.#allowance;
    const limited = allowance ? limitedSink(sink, allowance, this.#signal) : sink;
    await client.downloadRange(this.#path, limited, {
      start: at - overlapBytes,
      end,
      isLast: end === this.#file.map.size,
      signal: this.#signal,
    });
    if (overlapBytes > 0) this.overlaps.push({ start: at - overlapBytes, bytes: overlap });
    this.#progress(bytesThere(this.#file.map), true);
  }
}

/** Whether another connection, or another try, may do better. */
function mayPass(error: unknown): boolean {
  if (error instanceof ContentDiffers) return false;
  if (error instanceof CommandFailure) return !isFinal(error);
  return isTransient(error);
}
