// What a server says it can do (FEAT, RFC 2389), as typed answers; silence is an answer too.

import { HASH_ALGORITHMS, type HashAlgorithm, HASHES, parseHashAlgorithm } from "../shared/hash.ts";
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
  /** SITE RESUME: an interrupted replacement of a file can be carried on (ours). */
  readonly resumesReplacements: boolean;
  /** Names are UTF-8 (RFC 2640). */
  readonly utf8: boolean;
  /** The algorithms HASH can do; empty where there is no HASH. */
  readonly hashAlgorithms: readonly HashAlgorithm[];
  /** The one HASH does unless told otherwise. */
  readonly hashSelected: HashAlgorithm | undefined;
  /** The digest commands that predate HASH, strongest first. */
  readonly digestCommands: readonly DigestCommand[];
  /** Whether the server is known to be asked already; before that everything is unknown, not absent. */
  readonly asked: boolean;
}

/** A digest command that predates HASH: `XSHA256 path`. */
export interface DigestCommand {
  readonly verb: string;
  readonly algorithm: HashAlgorithm;
}

/** A server that has not been asked, or does not know FEAT. */
export const NO_FEATURES: Features = parseFeatures(undefined);

/** Reads the reply to FEAT; any refusal reads as no features. */
export function parseFeatures(answer: Reply | undefined): Features {
  const said = new Map<string, string>();
  const site = new Set<string>();
  if (answer?.code === 211) {
    for (const line of answer.lines.slice(1, -1)) {
      const match = /^ ?(\S+)(?: (.*))?$/.exec(line);
      if (match === null) continue;
      const [, name = "", text = ""] = match;
      said.set(name.toUpperCase(), text);
      if (name.toUpperCase() === "SITE") site.add(text.toUpperCase());
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
    resumesReplacements: site.has("RESUME"),
    utf8: said.has("UTF8"),
    hashAlgorithms: hashes.map((hash) => hash.name),
    hashSelected: hashes.find((hash) => hash.selected)?.name,
    digestCommands: HASH_ALGORITHMS.flatMap((algorithm) =>
      HASHES[algorithm].verbs.filter((verb) => said.has(verb)).map((verb) => ({ verb, algorithm }))
    ),
    asked: answer !== undefined,
  };
}

/** Reads `SHA-256*;SHA-1;MD5`: the star marks the one in force (draft-bryan-ftpext-hash, 3.2). */
function parseHashAlgorithms(text: string | undefined) {
  const found: { name: HashAlgorithm; selected: boolean }[] = [];
  for (const item of text?.split(";") ?? []) {
    const selected = item.trim().endsWith("*");
    const name = parseHashAlgorithm(item.trim().replace(/\*$/, ""));
    if (name.ok) found.push({ name: name.value, selected });
  }
  return found;
}
