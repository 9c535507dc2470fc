// An overwrite that was interrupted, carried on: what our own server keeps beside the old file.

import { createHasher, type Hasher } from "../shared/hash.ts";
import { Refused } from "./failure.ts";
import { digestRange } from "./local_file.ts";
import { ask, type Peer } from "./peer.ts";
import { digestAlgorithmOf } from "./remote_digest.ts";
import { commonPrefix, type LocalFile, type ProofOptions, relate } from "./resume.ts";

/** Where to carry on. */
export interface Interrupted {
  readonly offset: number;
  /** Has taken what is there already. */
  readonly hasher: Hasher | undefined;
}

/**
 * Asks for the unfinished upload of a path where there is a file too (SITE RESUME, ours): from then on
 * SIZE, HASH and REST are about that upload, until a STOR of the path.
 *
 * @returns `undefined` where the server keeps none, or cannot prove that it is of this file.
 */
export async function interruptedUpload(
  peer: Peer,
  path: string,
  local: LocalFile,
  options: ProofOptions = {},
): Promise<Interrupted | undefined> {
  if (!peer.features.resumesReplacements) return undefined;
  const there = await keptOf(peer, path, options.signal);
  if (there === undefined) return undefined;
  const found = await relate(peer, path, local, there, options);
  switch (found.relation) {
    case "same":
    case "remote-is-prefix":
      return { offset: there, hasher: found.hasher };
    case "unknown":
      return undefined;
    default: {
      const common = Math.min(there, local.size);
      const offset = await commonPrefix(peer, path, local, common, options);
      const algorithm = digestAlgorithmOf(peer);
      const hasher = algorithm && createHasher(algorithm);
      if (hasher) await digestRange(local.file, 0, offset, hasher, { signal: options.signal });
      return { offset, hasher };
    }
  }
}

async function keptOf(
  peer: Peer,
  path: string,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  try {
    const answer = await ask(peer, "SITE RESUME", path, { signal });
    const digits = /^(\d{1,15}) /.exec(answer?.lines[0] ?? "")?.[1];
    return digits === undefined ? undefined : Number(digits);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}
