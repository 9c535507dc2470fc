// Reads ~/.netrc: which login and password belong to which machine.

import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";
import { Secret } from "../shared/secret.ts";

/** What one `machine` or `default` says. */
export interface NetrcEntry {
  /** `undefined` for `default`, which stands for every machine. */
  readonly machine: string | undefined;
  readonly login: string | undefined;
  readonly password: Secret | undefined;
}

const VALUED_WORDS = new Set(["machine", "login", "password", "account"]);

/** A file of more characters than this is not a .netrc: the largest honest ones have a few KiB. */
export const NETRC_LIMIT_CHARACTERS = 1024 * 1024;

/**
 * Reads the text of a .netrc: tokens between blanks, `"…"` with `\` for those that hold blanks, `#` to the
 * end of a line that starts with it, `macdef` skipped to the next empty line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findLogin, parseNetrc } from "./netrc.ts";
 * const netrc = parseNetrc("machine ftp.example.org login ann password s3cret\n");
 * assert.ok(netrc.ok);
 * assert.equal(findLogin(netrc.value, "ftp.example.org", undefined)?.login, "ann");
 * ```
 */
export function parseNetrc(text: string): Parsed<NetrcEntry[]> {
  if (text.length > NETRC_LIMIT_CHARACTERS) return unparsed("it is too large to be a .netrc");
  const tokens = new Tokens(text);
  const entries: { -readonly [K in keyof NetrcEntry]: NetrcEntry[K] }[] = [];
  for (let word = tokens.next(); word !== undefined; word = tokens.next()) {
    if (word.startsWith("#")) {
      tokens.skipPast(/\n/g);
      continue;
    }
    if (word === "macdef") {
      tokens.skipPast(/\n[ \t]*\r?\n/g);
      continue;
    }
    if (word === "default") {
      entries.push({ machine: undefined, login: undefined, password: undefined });
      continue;
    }
    if (!VALUED_WORDS.has(word)) {
      return unparsed("it may hold machine, default, login, password, account and macdef");
    }
    const value = tokens.next();
    if (value === undefined) return unparsed("a value is missing at its end");
    if (word === "machine") {
      entries.push({ machine: value.toLowerCase(), login: undefined, password: undefined });
      continue;
    }
    const entry = entries.at(-1);
    if (entry === undefined) return unparsed("it starts with machine or default");
    if (word === "login") entry.login = value;
    if (word === "password") entry.password = new Secret(value);
  }
  return parsed(entries);
}

/** The first entry for the machine, and for `user` where one is named; `default` counts last, as written. */
export function findLogin(
  entries: readonly NetrcEntry[],
  machine: string,
  user: string | undefined,
): NetrcEntry | undefined {
  return entries.find((entry) =>
    (entry.machine === undefined || entry.machine === machine.toLowerCase()) &&
    (user === undefined || entry.login === undefined || entry.login === user)
  );
}

/** Walks over the text, a token at a time. */
class Tokens {
  readonly #token = /"((?:[^"\\]|\\.)*)"|\S+/gs;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  next(): string | undefined {
    const match = this.#token.exec(this.#text);
    if (match === null) {
      this.#token.lastIndex = this.#text.length;
      return undefined;
    }
    return match[1] === undefined ? match[0] : match[1].replace(/\\(.)/gs, "$1");
  }

  /** Goes on behind what `end` matches next, or at the end of the text. */
  skipPast(end: RegExp): void {
    end.lastIndex = this.#token.lastIndex;
    this.#token.lastIndex = end.exec(this.#text) === null ? this.#text.length : end.lastIndex;
  }
}
