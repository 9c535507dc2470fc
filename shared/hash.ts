// The digests both sides speak: their names, how they are computed, how HASH tells them (draft-bryan-ftp-hash).

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { type Parsed, parsed, unparsed } from "./parsed.ts";

/** A hash algorithm as HASH and OPTS HASH name it. */
export type HashAlgorithm = "SHA-256" | "SHA-512" | "SHA-1" | "MD5" | "CRC32";

/** A digest under way: give it the bytes in order, then ask for the digest once. */
export interface Hasher {
  /** Takes the next bytes; they may be reused by the caller afterwards. */
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal; the hasher is used up. */
  digest(): string;
  /** Another one that has taken the same bytes: a prefix is proven on the way to the whole. */
  fork(): Hasher;
}

/** What is known about one algorithm. */
export interface HashTraits {
  /** Length of the digest, bytes; its text has twice as many characters. */
  readonly digestBytes: number;
  /** The older verbs that compute it (in wide use, never registered). */
  readonly verbs: readonly string[];
  /** Starts a digest. */
  create(): Hasher;
}

/** Every algorithm, strongest recommendation first: the order FEAT tells them in. */
export const HASHES: Readonly<Record<HashAlgorithm, HashTraits>> = {
  "SHA-256": { digestBytes: 32, verbs: ["XSHA256"], create: () => nativeHasher("sha256") },
  "SHA-512": { digestBytes: 64, verbs: ["XSHA512"], create: () => nativeHasher("sha512") },
  "SHA-1": { digestBytes: 20, verbs: ["XSHA1", "XSHA"], create: () => nativeHasher("sha1") },
  "MD5": { digestBytes: 16, verbs: ["XMD5", "MD5"], create: () => nativeHasher("md5") },
  "CRC32": { digestBytes: 4, verbs: ["XCRC"], create: () => crc32Hasher() },
};

/** The names of {@linkcode HASHES}, in its order. */
export const HASH_ALGORITHMS = Object.keys(HASHES) as HashAlgorithm[];

/** Starts a digest of `algorithm`. */
export function createHasher(algorithm: HashAlgorithm): Hasher {
  return HASHES[algorithm].create();
}

function nativeHasher(name: string, hash = createHash(name)): Hasher {
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest("hex"),
    fork: () => nativeHasher(name, hash.copy()),
  };
}

/** The CRC of ISO 3309 and zip, as XCRC has always meant it. */
function crc32Hasher(value = 0): Hasher {
  return {
    update: (bytes) => void (value = crc32(bytes, value)),
    digest: () => value.toString(16).padStart(8, "0"),
    fork: () => crc32Hasher(value),
  };
}

/**
 * Reads an algorithm's name, whatever its case and with or without its hyphens.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseHashAlgorithm } from "./hash.ts";
 * assert.deepEqual(parseHashAlgorithm("sha256"), { ok: true, value: "SHA-256" });
 * ```
 */
export function parseHashAlgorithm(text: string): Parsed<HashAlgorithm> {
  const bare = bareName(text);
  const found = HASH_ALGORITHMS.find((name) => bareName(name) === bare);
  return found === undefined
    ? unparsed(`expected one of ${HASH_ALGORITHMS.join(", ")}`)
    : parsed(found);
}

function bareName(text: string): string {
  return text.toUpperCase().replaceAll("-", "");
}

/** What a 213 reply to HASH tells. */
export interface HashReport {
  readonly algorithm: HashAlgorithm;
  /** First byte that was digested. */
  readonly start: number;
  /** Last byte that was digested, as written on the wire; 0 for an empty file. */
  readonly last: number;
  /** Lower-case hexadecimal. */
  readonly digest: string;
  /** The file as the peer named it. */
  readonly path: string;
}

/**
 * The text of a 213 reply to HASH. Its range names the last byte, as RANG does (draft-bryan-ftp-range,
 * 3); an empty file is `0-0`, since the range must not end before it starts.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatHashReport } from "./hash.ts";
 * assert.equal(
 *   formatHashReport({ algorithm: "CRC32", start: 0, last: 8, digest: "cbf43926", path: "a b" }),
 *   "CRC32 0-8 cbf43926 a b",
 * );
 * ```
 */
export function formatHashReport(report: HashReport): string {
  const { algorithm, start, last, digest, path } = report;
  return `${algorithm} ${start}-${Math.max(start, last)} ${digest} ${path}`;
}

/**
 * Reads the text of a 213 reply to HASH, ours or another server's. The path is the rest of the line,
 * spaces and all. Some servers write one past the last byte: judge by the digest, not by `last`.
 */
export function parseHashReport(text: string): Parsed<HashReport> {
  const match = /^(\S{1,16}) (\d{1,16})-(\d{1,16}) ([0-9a-fA-F]{1,128})(?: (.*))?$/s.exec(text);
  if (match === null) return unparsed("expected an algorithm, a range, a digest and a path");
  const [, name, first, final, digest, path] = match as unknown as [string, ...string[]];
  const algorithm = parseHashAlgorithm(name ?? "");
  if (!algorithm.ok) return algorithm;
  const start = Number(first), last = Number(final);
  if (!Number.isSafeInteger(last) || start > last) return unparsed("expected a range of bytes");
  if (digest?.length !== 2 * HASHES[algorithm.value].digestBytes) {
    return unparsed(`expected a digest as long as ${algorithm.value} makes them`);
  }
  const value = { algorithm: algorithm.value, start, last, digest: digest.toLowerCase() };
  return parsed({ ...value, path: path ?? "" });
}
