// Digests as a server computes them: HASH with RANG where there is HASH, the X-commands elsewhere.

import { unlessAborted } from "../shared/deadline.ts";
import { type HashAlgorithm, HASHES, parseHashReport } from "../shared/hash.ts";
import type { Reply } from "../shared/reply.ts";
import type { Digest, DigestRange } from "./client.ts";
import { Refused } from "./failure.ts";
import { ask, patienceFor, type Peer } from "./peer.ts";

/** What is digested. */
export interface RemoteDigestOptions {
  /** Default: the one {@linkcode digestAlgorithmOf} names. */
  readonly algorithm?: HashAlgorithm | undefined;
  /** Default: the whole file. Ranges need HASH: the X-commands do not agree on what an end is. */
  readonly range?: DigestRange | undefined;
  /** Bytes that the server must read, where known: it is given the time. */
  readonly sizeHint?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The algorithms in order of preference: what proves most, then what costs least. */
const PREFERENCE: readonly HashAlgorithm[] = ["SHA-256", "SHA-512", "SHA-1", "MD5", "CRC32"];

/** What this server's digests are best asked in; `undefined` where it can give none. */
export function digestAlgorithmOf(peer: Peer): HashAlgorithm | undefined {
  const { hashAlgorithms, digestCommands } = peer.features;
  const hash = PREFERENCE.find((name) => hashAlgorithms.includes(name));
  if (hash !== undefined && !peer.unknownVerbs.has("HASH")) return hash;
  return digestCommands.find(({ verb }) => !peer.unknownVerbs.has(verb))?.algorithm;
}

/** Whether parts of files can be digested. */
export function digestsRanges(peer: Peer): boolean {
  return peer.features.hashAlgorithms.length > 0 && !peer.unknownVerbs.has("HASH") &&
    !peer.unknownVerbs.has("RANG");
}

/**
 * Tells the server which digest will be asked for, before a transfer, so that it may compute it while the
 * bytes pass (draft-bryan-ftp-hash, 4). Said once a session.
 */
export async function announceDigest(
  peer: Peer,
  algorithm: HashAlgorithm,
  signal?: AbortSignal,
): Promise<void> {
  if (!peer.features.hashAlgorithms.includes(algorithm) || peer.hashAlgorithm === algorithm) return;
  if (peer.unknownVerbs.has("HASH")) return;
  await peer.conversation.request(`OPTS HASH ${algorithm}`, { signal });
  peer.hashAlgorithm = algorithm;
}

/**
 * The digest of a file or a part of it.
 *
 * @returns `undefined` where the server has no way to compute this one.
 * @throws Refused 550 where the file is not there
 */
export async function remoteDigest(
  peer: Peer,
  path: string,
  options: RemoteDigestOptions = {},
): Promise<Digest | undefined> {
  const algorithm = options.algorithm ?? digestAlgorithmOf(peer);
  if (algorithm === undefined) return undefined;
  if (peer.features.hashAlgorithms.includes(algorithm)) {
    const digest = await hashDigest(peer, path, algorithm, options);
    if (digest !== undefined) return digest;
  }
  return options.range === undefined ? await oldDigest(peer, path, algorithm, options) : undefined;
}

/**
 * The same, where a refusal is no failure either: a server may allow a transfer and refuse its digest (a
 * write-only folder, an unfinished upload).
 */
export async function remoteDigestIfAllowed(
  peer: Peer,
  path: string,
  options: RemoteDigestOptions,
): Promise<Digest | undefined> {
  try {
    return await remoteDigest(peer, path, options);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

async function hashDigest(
  peer: Peer,
  path: string,
  algorithm: HashAlgorithm,
  options: RemoteDigestOptions,
): Promise<Digest | undefined> {
  const { range, signal, sizeHint } = options;
  const current = peer.hashAlgorithm ?? peer.features.hashSelected;
  if (current !== algorithm) await announceDigest(peer, algorithm, signal);
  if (range !== undefined) {
    if (range.end <= range.start) return { algorithm, hex: HASHES[algorithm].create().digest() };
    // Both ends are in the range, as the draft has it (draft-bryan-ftp-range, 3).
    const accept = ["intermediate", "completion"] as const;
    // It counts for the next HASH, which must not be the proof of a transfer that handed the connection over.
    await unlessAborted(peer.order.tail, signal);
    const bounds = `${range.start} ${range.end - 1}`;
    if (await ask(peer, "RANG", bounds, { signal, accept }) === undefined) return undefined;
  }
  const bytes = range === undefined ? sizeHint : range.end - range.start;
  const limitMs = patienceFor(peer, bytes);
  const answer = await ask(peer, "HASH", path, { signal, limitMs });
  if (answer === undefined) return undefined;
  const report = parseHashReport(answer.lines.join(" "));
  if (!report.ok || report.value.algorithm !== algorithm) throw new Refused(`HASH ${path}`, answer);
  return { algorithm, hex: report.value.digest };
}

async function oldDigest(
  peer: Peer,
  path: string,
  algorithm: HashAlgorithm,
  options: RemoteDigestOptions,
): Promise<Digest | undefined> {
  const limitMs = patienceFor(peer, options.sizeHint);
  for (const command of peer.features.digestCommands) {
    if (command.algorithm !== algorithm) continue;
    // A blank would separate the path from a range.
    const argument = path.includes(" ") ? `"${path}"` : path;
    const answer = await ask(peer, command.verb, argument, { signal: options.signal, limitMs });
    const hex = answer && digestIn(answer, algorithm);
    if (hex !== undefined) return { algorithm, hex };
  }
  return undefined;
}

/** Finds the digest in a reply that no standard describes: a word that is one and is long enough. */
function digestIn(answer: Reply, algorithm: HashAlgorithm): string | undefined {
  const length = HASHES[algorithm].digestBytes * 2;
  const words = answer.lines.flatMap((line) => line.split(/\s+/));
  const exact = words.find((word) => word.length === length && /^[0-9a-f]+$/i.test(word));
  if (exact !== undefined || algorithm !== "CRC32") return exact?.toLowerCase();
  // Some leave out the leading zeros of a CRC.
  return words.find((word) => /^[0-9a-f]{1,7}$/i.test(word))?.toLowerCase().padStart(length, "0");
}
