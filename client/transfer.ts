// What downloads and uploads share: bytes moved and digested at once, progress, and the proof at the end.

import type { ByteSink, ByteSource } from "../shared/byte_stream.ts";
import { SMALLEST_BUFFER_BYTES } from "../shared/buffer_pool.ts";
import type { HashAlgorithm, Hasher } from "../shared/hash.ts";
import { pump } from "../shared/pump.ts";
import { limitedSink, RateAllowance } from "../shared/rate_limit.ts";
import type { Digest, Proof, TransferOptions, TransferProgress } from "./client.ts";
import { ContentDiffers, Unproven } from "./failure.ts";
import type { Peer } from "./peer.ts";
import { remoteDigestIfAllowed } from "./remote_digest.ts";

/** Files up to here may overlap: what more takes so long that a round trip does not count. */
const SMALL_BYTES = 1024 * 1024;

/** What hands the connection over before a transfer is proven; `undefined` where it is to be kept. */
export function handOverOf(
  { onHandOver }: TransferOptions,
  bytes: number | undefined,
): (() => void) | undefined {
  return bytes !== undefined && bytes <= SMALL_BYTES ? onHandOver : undefined;
}

/** How bytes are moved. */
export interface MoveOptions {
  readonly options: TransferOptions;
  readonly stalledMs: number;
  /** Stops it; includes the caller's own signal. */
  readonly signal: AbortSignal;
  /** Takes every byte that is moved. */
  readonly hasher: Hasher | undefined;
  /** Bytes in place before. */
  readonly doneBytes: number;
  readonly totalBytes: number | undefined;
  /** Whether what was read before a failure is still written: for local files. */
  readonly salvage: boolean;
}

/** Moves everything; answers how many bytes the sink took. */
export async function move(
  source: ByteSource,
  sink: ByteSink,
  { options, stalledMs, signal, hasher, doneBytes, totalBytes, salvage }: MoveOptions,
): Promise<number> {
  const progress = progressTeller(options.onProgress, totalBytes);
  const allowance = allowanceOf(options);
  const limited = allowance === undefined ? sink : limitedSink(sink, allowance, signal);
  let done = doneBytes;
  progress(done, true);
  const moved = await pump(source, digesting(limited, hasher), {
    signal,
    salvage,
    stallMs: stalledMs + (allowance === undefined ? 0 : longestWaitMs(allowance)),
    ...(allowance !== undefined && { largestBufferBytes: SMALLEST_BUFFER_BYTES }),
    onMoved: (bytes) => progress(done += bytes, false),
  });
  progress(done, true);
  return moved;
}

/** What a transfer may move, alone or with others; `undefined` for as much as it can. */
export function allowanceOf(
  { allowance, limitRate }: Pick<TransferOptions, "allowance" | "limitRate">,
): RateAllowance | undefined {
  return allowance ?? (limitRate === undefined ? undefined : new RateAllowance(limitRate));
}

/** No more connections share an allowance. */
const SHARERS_LIMIT = 64;

/** Whoever waits for its turn does not stand still; twice as long, for a rate that is not met exactly. */
function longestWaitMs({ bytesPerSecond }: RateAllowance): number {
  return 2000 * SHARERS_LIMIT * SMALLEST_BUFFER_BYTES / bytesPerSecond;
}

/** The digest is computed while the write is under way. */
function digesting(sink: ByteSink, hasher: Hasher | undefined): ByteSink {
  if (hasher === undefined) return sink;
  return {
    write: async (bytes) => {
      const writing = sink.write(bytes);
      // A pump asks for the next bytes first: disk and network both have their work meanwhile.
      await undefined;
      hasher.update(bytes);
      await writing;
    },
  };
}

const PROGRESS_BYTES = 1024 * 1024;
const PROGRESS_MS = 100;

/** Tells how far a transfer is, as often as `TransferOptions.onProgress` says. */
export function progressTeller(
  tell: ((progress: TransferProgress) => void) | undefined,
  totalBytes: number | undefined,
): (doneBytes: number, always: boolean) => void {
  let toldBytes = 0;
  let toldMs = 0;
  return (doneBytes, always) => {
    const nowMs = performance.now();
    const due = doneBytes - toldBytes >= PROGRESS_BYTES || nowMs - toldMs >= PROGRESS_MS;
    if (tell === undefined || !(always || due)) return;
    toldBytes = doneBytes;
    toldMs = nowMs;
    tell({ stage: "moving", doneBytes, totalBytes });
  };
}

/** What is compared at the end. */
export interface VerifyOptions {
  readonly options: TransferOptions;
  /** Has taken the whole file; `undefined` when no digest was computed. */
  readonly hasher: Hasher | undefined;
  readonly algorithm: HashAlgorithm | undefined;
  /** Bytes of the whole, here. */
  readonly size: number;
  /** Bytes the server says the file has; asked only when no digest decides. */
  readonly remoteSize: () => Promise<number | undefined>;
}

/** What {@linkcode verify} found. */
export interface Verified {
  readonly verified: Proof;
  readonly digest: Digest | undefined;
}

/**
 * Proves that both ends hold the same file.
 *
 * @throws ContentDiffers when they do not, Unproven with `always` when nothing can tell
 */
export async function verify(peer: Peer, path: string, facts: VerifyOptions): Promise<Verified> {
  const { options, hasher, algorithm, size } = facts;
  const mode = options.verify ?? "auto";
  const digest = digestOf(hasher, algorithm);
  if (digest !== undefined && mode !== "never") {
    options.onProgress?.({ stage: "verifying", doneBytes: size, totalBytes: size });
    const remote = await remoteDigestIfAllowed(peer, path, {
      algorithm: digest.algorithm,
      sizeHint: size,
      signal: options.signal,
    });
    if (remote !== undefined) {
      if (remote.hex === digest.hex) return { verified: digest.algorithm, digest };
      throw new ContentDiffers(path, digest.algorithm, digest.hex, remote.hex);
    }
  }
  if (mode === "always") throw new Unproven(path);
  const remoteSize = await facts.remoteSize();
  if (remoteSize !== undefined && remoteSize !== size) {
    throw new ContentDiffers(path, "size", `${size} bytes`, `${remoteSize} bytes`);
  }
  return { verified: remoteSize === undefined ? "nothing" : "size", digest };
}

/** The digest that was computed on the way, where one was; the hasher is used up. */
export function digestOf(
  hasher: Hasher | undefined,
  algorithm: HashAlgorithm | undefined,
): Digest | undefined {
  return hasher && algorithm && { algorithm, hex: hasher.digest() };
}
