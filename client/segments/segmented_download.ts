// One large file over several connections: each fetches a segment; what they put together is proven as a whole.

import { createHasher, type HashAlgorithm } from "../../shared/hash.ts";
import { isSameContent } from "../bytes_in_memory.ts";
import type { Client, Digest, DownloadOptions, TransferResult } from "../client.ts";
import { ContentDiffers, Refused, Unproven } from "../failure.ts";
import type { RemoteEntry } from "../remote_entry.ts";
import { SegmentFile } from "./segment_file.ts";
import { bytesThere, type Segment } from "./segment_map.ts";
import { fetchSegments, type Overlap, OVERLAP_BYTES, type SegmentLane } from "./segment_work.ts";

/** How a file is fetched in segments. */
export interface SegmentedOptions extends DownloadOptions {
  /** The connections, the one that is open first; they are used as far as the server gives them. */
  readonly lanes: readonly SegmentLane[];
  /** A segment that is shorter is not worth a connection, bytes. */
  readonly leastBytes?: number;
}

/** Below that a further connection takes longer than the bytes. */
const LEAST_BYTES = 1024 * 1024;

/**
 * Downloads a file to a target that is not there, or is to be replaced.
 *
 * @returns `undefined` where segments make no sense: a size that is not known, a small file, a server that cannot restart.
 * @throws what `Client.download` says; `ContentDiffers`, too, when the remote file changed meanwhile: nothing is kept
 */
export async function downloadSegmented(
  path: string,
  target: string,
  options: SegmentedOptions,
): Promise<TransferResult | undefined> {
  const startedMs = performance.now();
  const { lanes: [first], lanes, leastBytes = LEAST_BYTES, signal } = options;
  if (first === undefined) throw new Error("no connection to download over");
  // What a listing told of a small file saves the question.
  if ((options.entry?.size ?? Infinity) < 2 * leastBytes) return undefined;
  const asked = { ...(signal && { signal }) };
  const before = await (await first.client()).stat(path, asked);
  const { size } = before;
  if (before.type === "directory" || size === undefined || size < 2 * leastBytes) return undefined;
  const modifiedMs = exactTime(before);
  options.onSource?.({ size, modifiedMs });
  const plan = { size, modifiedMs, count: lanes.length, leastBytes };
  await using file = await SegmentFile.open(target, plan);
  const there = bytesThere(file.map);
  if (there > 0 && !await proveSegments(file, await first.client(), path, signal)) {
    // An earlier run may have ended before it compared anything; of what is open the beginning is compared anyway.
    for (const segment of file.map.segments) file.reopen(segment, OVERLAP_BYTES);
  }
  const resumedFrom = bytesThere(file.map);
  try {
    const overlaps = await fetchSegments(path, file, options);
    const client = await first.reconnect();
    await demandSame(before, await client.stat(path, asked), path);
    await demandOverlaps(file, overlaps, path);
    const proof = await proveWhole(file, client, path, options);
    await file.publish((options.preserve ?? true) ? modifiedMs : undefined);
    const elapsedMs = performance.now() - startedMs;
    return { size, movedBytes: size - resumedFrom, resumedFrom, ...proof, elapsedMs };
  } catch (error) {
    const cannotRestart = error instanceof Refused && error.command.startsWith("REST ");
    // What was put together is nobody's file, and what cannot be put together is of no use.
    if (error instanceof ContentDiffers || cannotRestart) await file.discard();
    if (cannotRestart) return undefined;
    throw error;
  }
}

/** Earlier segments that the server can prove to be others are fetched again. @returns whether the rest is proven */
async function proveSegments(
  file: SegmentFile,
  client: Client,
  path: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (const segment of file.map.segments) {
    if (segment.at === segment.start) continue;
    const digest = await rangeDigest(client, path, segment, signal);
    if (digest === undefined) return false;
    const hasher = createHasher(digest.algorithm);
    await file.digest(segment.start, segment.at, hasher, signal);
    if (hasher.digest() !== digest.hex) file.restart(segment);
  }
  return true;
}

async function rangeDigest(
  client: Client,
  path: string,
  { start, at }: Segment,
  signal: AbortSignal | undefined,
): Promise<Digest | undefined> {
  return await ifAllowed(() =>
    client.digest(path, { range: { start, end: at }, ...(signal && { signal }) })
  );
}

/** A file that was replaced or written to while it was fetched is a mixture here. */
function demandSame(before: RemoteEntry, after: RemoteEntry, path: string): void {
  if (after.size !== before.size) {
    throw new ContentDiffers(path, "size", `${before.size} bytes`, `${after.size} bytes`);
  }
  const [then, now] = [exactTime(before), exactTime(after)];
  if (then === undefined || now === undefined || then === now) return;
  const text = (ms: number) => new Date(ms).toISOString();
  throw new ContentDiffers(path, "time", text(then), text(now));
}

/** What was fetched twice, at the beginning of each segment, must be the same: offsets mean the same to both ends. */
async function demandOverlaps(
  file: SegmentFile,
  overlaps: readonly Overlap[],
  path: string,
): Promise<void> {
  for (const { start, bytes } of overlaps) {
    const here = await file.read(start, start + bytes.length);
    if (isSameContent(here, bytes)) continue;
    throw new ContentDiffers(path, `what comes at byte ${start}`, "one thing", "another");
  }
}

async function proveWhole(
  file: SegmentFile,
  client: Client,
  path: string,
  { verify = "auto", signal, onProgress }: SegmentedOptions,
): Promise<Pick<TransferResult, "verified" | "digest">> {
  const { size } = file.map;
  if (verify === "never") return { verified: "size", digest: undefined };
  onProgress?.({ stage: "verifying", doneBytes: size, totalBytes: size });
  const remote = await ifAllowed(() => client.digest(path, { ...(signal && { signal }) }));
  if (remote === undefined) {
    const algorithm = await segmentsProof(file, client, path, signal);
    if (algorithm !== undefined) return { verified: algorithm, digest: undefined };
    if (verify === "always") throw new Unproven(path);
    return { verified: "size", digest: undefined };
  }
  const { algorithm } = remote;
  const hasher = createHasher(algorithm);
  await file.digest(0, size, hasher, signal);
  const hex = hasher.digest();
  if (hex !== remote.hex) throw new ContentDiffers(path, algorithm, hex, remote.hex);
  return { verified: algorithm, digest: { algorithm, hex } };
}

/** Where the server does not digest a file so large, its segments one by one may be short enough. */
async function segmentsProof(
  file: SegmentFile,
  client: Client,
  path: string,
  signal: AbortSignal | undefined,
): Promise<HashAlgorithm | undefined> {
  let proof: HashAlgorithm | undefined;
  for (const segment of file.map.segments) {
    const remote = await rangeDigest(client, path, segment, signal);
    if (remote === undefined) return undefined;
    const hasher = createHasher(remote.algorithm);
    await file.digest(segment.start, segment.end, hasher, signal);
    const hex = hasher.digest();
    const which = `${remote.algorithm} of the bytes from ${segment.start} on`;
    if (hex !== remote.hex) throw new ContentDiffers(path, which, hex, remote.hex);
    proof = remote.algorithm;
  }
  return proof;
}

/** A server may allow a transfer and refuse its digest. */
async function ifAllowed<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** When it changed, where that was told to the second. */
function exactTime({ modifiedMs, modifiedExactToMs = Infinity }: RemoteEntry): number | undefined {
  return modifiedExactToMs <= 1000 ? modifiedMs : undefined;
}
