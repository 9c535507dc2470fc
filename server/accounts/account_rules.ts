// What an account may be called, which folder may be its root, and what can be a password.

import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { Secret } from "../../shared/secret.ts";

/** A name is also a folder and a column of `ftp user ls`: longer ones serve nobody. */
const LIMIT_CHARACTERS = 32;
/** A password travels in one command line, whose bound it must fit with room to spare. */
const LIMIT_PASSWORD_CHARACTERS = 1024;

/** Names with a meaning of their own: the anonymous login and folders and files in the data directory. */
const RESERVED = new Set(["anonymous", "ftp", "ftp.ini", "pub"]);

/** Names that are devices in every folder of Windows, whatever follows the dot. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/**
 * Reads an account name: 1 to 32 letters and digits of any script, `.`, `_` and `-`, with a letter,
 * a digit or `_` first and no `.` last, since the name is also a folder on every system.
 *
 * @returns the name in Unicode's composed form (NFC): what looks the same is the same.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkAccountName } from "./account_rules.ts";
 * assert.deepEqual(checkAccountName("jörg.w"), { ok: true, value: "jörg.w" });
 * assert.equal(checkAccountName("../etc").ok, false);
 * assert.equal(checkAccountName("pub").ok, false);
 * ```
 */
export function checkAccountName(text: string): Parsed<string> {
  const name = text.normalize("NFC");
  const length = [...name].length;
  if (length < 1 || length > LIMIT_CHARACTERS) {
    return unparsed(`a name has 1 to ${LIMIT_CHARACTERS} characters`);
  }
  if (!/^[\p{L}\p{M}\p{N}._-]*$/u.test(name)) {
    return unparsed("a name is letters, digits, . _ and -");
  }
  if (!/^[\p{L}\p{N}_]/u.test(name)) return unparsed("a name starts with a letter, a digit or _");
  if (name.endsWith(".")) return unparsed("a name does not end with a dot");
  if (RESERVED.has(nameKey(name)) || DEVICE.test(nameKey(name))) {
    return unparsed("that name is reserved");
  }
  return parsed(name);
}

/**
 * The same for two names that a file system or a person could take for one: they may not both exist.
 * Compatibility forms and case do not count (NFKC, lower case).
 */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toLowerCase().normalize("NFKC");
}

/**
 * Reads what `--dir` may say: a folder below the data directory, `/`-separated, or an absolute path of
 * this machine. Whether it touches the server's own folder is checked when it is opened.
 */
export function checkAccountDirectory(text: string): Parsed<string> {
  if (text === "" || text.includes("\0")) return unparsed("a folder has a name");
  if (/^(\/|[A-Za-z]:[\\/])/.test(text)) return parsed(text);
  const segments = text.split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    return unparsed("a folder below the data directory is like team/docs");
  }
  if (segments[0]?.startsWith(".") || /[\\:]/.test(text)) {
    return unparsed("that folder is reserved");
  }
  return parsed(text);
}

/**
 * Reads a new password: what a PASS command can carry and nobody can guess at once, so not empty, no
 * control characters, no spaces around it, which a client could lose.
 */
export function checkPassword(text: string): Parsed<Secret> {
  if (text === "") return unparsed("a password is not empty");
  if ([...text].length > LIMIT_PASSWORD_CHARACTERS) {
    return unparsed(`a password has ${LIMIT_PASSWORD_CHARACTERS} characters at most`);
  }
  if (/\p{Cc}/u.test(text)) return unparsed("a password has no control characters");
  if (text.trim() !== text) return unparsed("a password has no spaces around it");
  return parsed(new Secret(text));
}
