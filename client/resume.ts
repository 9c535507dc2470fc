// What of a file that is there already is proven to be the source's: by digest where the server can.

import { createHasher, type HashAlgorithm, type Hasher } from "../shared/hash.ts";
import type { Proof, TransferProgress } from "./client.ts";
import { digestRange } from "./local_file.ts";
import type { Peer } from "./peer.ts";
import { digestAlgorithmOf, digestsRanges, remoteDigestIfAllowed } from "./remote_digest.ts";

/** A local file that is open, and its size when it was opened. */
export interface LocalFile {
  readonly file: Deno.FsFile;
  readonly size: number;
}

/** What every proof may be told. */
export interface ProofOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/** What a local and a remote file are to one another. */
export interface Relation {
  readonly relation: "same" | "local-is-prefix" | "remote-is-prefix" | "different" | "unknown";
  readonly verified: Proof;
  /** Has taken the bytes both have in common, for the digest of the whole to come. */
  readonly hasher: Hasher | undefined;
  readonly algorithm: HashAlgorithm | undefined;
}

/**
 * Compares the shorter file with the beginning of the longer one by digest. Empty is a prefix of everything.
 *
 * @param remoteSize bytes the server says it has.
 */
export async function relate(
  peer: Peer,
  path: string,
  local: LocalFile,
  remoteSize: number,
  options: ProofOptions = {},
): Promise<Relation> {
  const common = Math.min(local.size, remoteSize);
  const algorithm = digestAlgorithmOf(peer);
  const relation = local.size === remoteSize
    ? "same"
    : local.size < remoteSize
    ? "local-is-prefix"
    : "remote-is-prefix";
  if (common === 0) {
    const hasher = algorithm && createHasher(algorithm);
    return { relation, verified: "size", hasher, algorithm };
  }
  const whole = common === remoteSize;
  const unknown = { relation: "unknown", verified: "nothing" } as const;
  if (algorithm === undefined || !(whole || digestsRanges(peer))) {
    return { ...unknown, hasher: undefined, algorithm };
  }
  const hasher = createHasher(algorithm);
  const [remote] = await Promise.all([
    remoteDigestIfAllowed(peer, path, {
      algorithm,
      sizeHint: common,
      signal: options.signal,
      ...(!whole && { range: { start: 0, end: common } }),
    }),
    digestRange(local.file, 0, common, hasher, {
      signal: options.signal,
      onWalked: (bytes) =>
        options.onProgress?.({ stage: "proving", doneBytes: bytes, totalBytes: common }),
    }),
  ]);
  if (remote === undefined) return { ...unknown, hasher, algorithm };
  const equal = remote.hex === hasher.fork().digest();
  return { relation: equal ? relation : "different", verified: algorithm, hasher, algorithm };
}

/** The finest that a difference is located to: halving further would cost more than it saves. */
const BLOCK_BYTES = 1024 * 1024;

/**
 * How many of the first `length` bytes both files have in common, found by halving with ranges; a whole number
 * of blocks unless it is all of them. Reads as much again as the part that differs is long.
 */
export async function commonPrefix(
  peer: Peer,
  path: string,
  local: LocalFile,
  length: number,
  options: ProofOptions = {},
): Promise<number> {
  const algorithm = digestAlgorithmOf(peer);
  if (algorithm === undefined || !digestsRanges(peer)) return 0;
  let same = 0;
  let different = length;
  while (different - same > BLOCK_BYTES) {
    const half = (different - same) / 2;
    const middle = same + Math.max(Math.floor(half / BLOCK_BYTES), 1) * BLOCK_BYTES;
    const range = { start: same, end: Math.min(middle, different) };
    const hasher = createHasher(algorithm);
    const [remote] = await Promise.all([
      remoteDigestIfAllowed(peer, path, { algorithm, range, signal: options.signal }),
      digestRange(local.file, range.start, range.end, hasher, { signal: options.signal }),
    ]);
    if (remote?.hex === hasher.digest()) same = range.end;
    else different = range.end;
  }
  return same;
}
