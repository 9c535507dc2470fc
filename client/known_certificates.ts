// The certificates a person has said yes to, in a file like ssh's known_hosts.

import { ifThere } from "../shared/if_there.ts";
import { readSmallFile } from "../shared/small_file.ts";
import { ownFolder } from "./own_folder.ts";
import { replaceFile } from "./replaced_file.ts";
import { canonicalFingerprint, type CertificateMemory } from "./trust.ts";

/** A file of more bytes was not written by us: a million servers fit. */
const FILE_LIMIT_BYTES = 128 * 1024 * 1024;

/**
 * The memory kept in a file: one `HOST:PORT sha256:HEX` a line, mode 0600, replaced atomically.
 *
 * @param path absolute host path; made with its folders when something is first remembered.
 */
export function knownCertificates(path: string): CertificateMemory {
  return {
    recall: async (host, port) => (await readAll(path)).get(keyOf(host, port)),
    remember: async (host, port, fingerprint) => {
      const known = await readAll(path);
      known.set(keyOf(host, port), canonicalFingerprint(fingerprint));
      const lines = [...known].map(([key, value]) => `${key} ${value}\n`);
      await replaceFile(path, lines.join(""));
    },
  };
}

/** Where the file lies; `undefined` when the environment names no home. */
export function knownCertificatesPath(
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const folder = ownFolder(env);
  return folder === undefined ? undefined : `${folder}/known_certificates`;
}

function keyOf(host: string, port: number): string {
  const name = host.toLowerCase();
  return name.includes(":") ? `[${name}]:${port}` : `${name}:${port}`;
}

async function readAll(path: string): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  for (const line of (await textOf(path)).split("\n")) {
    const match = /^(\S+)\s+(sha256:[0-9a-f]{64})\s*$/.exec(line);
    if (match !== null) known.set(match[1]!, match[2]!);
  }
  return known;
}

async function textOf(path: string): Promise<string> {
  return await ifThere(() => readSmallFile(path, FILE_LIMIT_BYTES)) ?? "";
}
