// What a server says it can do (FEAT, RFC 2389), as typed answers; silence is an answer too.

import type { HashAlgorithm } from "../shared/hash.ts";
import type { Reply } from "../shared/reply.ts";

/** What one server can do. */
export interface Features {
  /** Everything it said: feature name in upper case to the text after it. */
  readonly said: ReadonlyMap<string, string>;
  /** MLST and MLSD (RFC 3659, 7). */
  readonly machineListings: boolean;
  /** SIZE (RFC 3659, 4). */
  readonly size: boolean;
  /** MDTM (RFC 3659, 3). */
  readonly modified: boolean;
  /** MFMT (draft-somers-ftp-mfxx). */
  readonly setModified: boolean;
  /** REST before RETR and STOR (RFC 3659, 5). */
  readonly restart: boolean;
  /** Names are UTF-8 (RFC 2640). */
  readonly utf8: boolean;
  /** The algorithms HASH can do; empty where there is no HASH. */
  readonly hashAlgorithms: readonly HashAlgorithm[];
  /** The one HASH does unless told otherwise. */
  readonly hashSelected: HashAlgorithm | undefined;
  /** Digest commands of wide use, strongest first: `XSHA256`, `XSHA1`, `XMD5`, `XCRC` … */
  readonly digestVerbs: readonly DigestVerb[];
  /** Whether the server is known to be asked already; before that everything is unknown, not absent. */
  readonly asked: boolean;
}

/** A digest command that predates HASH. */
export type DigestVerb = "XSHA512" | "XSHA256" | "XSHA1" | "XSHA" | "XMD5" | "XCRC";

/** A server that has not been asked, or does not know FEAT. */
export const NO_FEATURES: Features = parseFeatures(undefined);

/** What each of the older digest commands computes; strongest first. */
export const DIGEST_VERBS: ReadonlyMap<DigestVerb, HashAlgorithm> = new Map<
  DigestVerb,
  HashAlgorithm
>([
  ["XSHA512", "SHA-512"],
  ["XSHA256", "SHA-256"],
  ["XSHA1", "SHA-1"],
  ["XSHA", "SHA-1"],
  ["XMD5", "MD5"],
  ["XCRC", "CRC32"],
]);

const ALGORITHMS: ReadonlySet<string> = new Set<HashAlgorithm>([
  "SHA-256",
  "SHA-512",
  "SHA-1",
  "MD5",
  "CRC32",
]);

/** Reads the reply to FEAT; any refusal reads as no features. */
export function parseFeatures(answer: Reply | undefined): Features {
  const said = new Map<string, string>();
  if (answer?.code === 211) {
    for (const line of answer.lines.slice(1, -1)) {
      const match = /^ ?(\S+)(?: (.*))?$/.exec(line);
      if (match !== null) said.set(match[1]!.toUpperCase(), match[2] ?? "");
    }
  }
  const hashes = parseHashAlgorithms(said.get("HASH"));
  return {
    said,
    machineListings: said.has("MLST") || said.has("MLSD"),
    size: said.has("SIZE"),
    modified: said.has("MDTM"),
    setModified: said.has("MFMT"),
    restart: said.has("REST"),
    utf8: said.has("UTF8"),
    hashAlgorithms: hashes.map((hash) => hash.name),
    hashSelected: hashes.find((hash) => hash.selected)?.name,
    digestVerbs: [...DIGEST_VERBS.keys()].filter((verb) => said.has(verb)),
    asked: answer !== undefined,
  };
}

/** Reads `SHA-256*;SHA-1;MD5`: the star marks the one in force (draft-bryan-ftpext-hash, 3.2). */
function parseHashAlgorithms(text: string | undefined) {
  const found: { name: HashAlgorithm; selected: boolean }[] = [];
  for (const item of text?.split(";") ?? []) {
    const selected = item.trim().endsWith("*");
    const name = item.trim().replace(/\*$/, "").toUpperCase();
    if (ALGORITHMS.has(name)) found.push({ name: name as HashAlgorithm, selected });
  }
  return found;
}
