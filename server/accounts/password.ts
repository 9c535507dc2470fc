// Passwords as they are kept: scrypt, with its parameters in the hash, computed off the event loop.

import { Buffer } from "node:buffer";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import type { Secret } from "../../shared/secret.ts";

/** What a hash costs; memory is 128 * 2^logN * blockSize bytes. */
export interface PasswordCost {
  readonly logN: number;
  readonly blockSize: number;
  readonly parallel: number;
}

/**
 * 32 MiB and some 50 ms on a core of 2025: dear for a guesser, bearable for a server, whose logins
 * with a password proven a moment ago cost nothing. Old hashes are renewed when this changes.
 */
export const STANDARD_COST: PasswordCost = { logN: 15, blockSize: 8, parallel: 1 };

const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** A hash taken apart. */
export interface PasswordHash {
  readonly cost: PasswordCost;
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
}

/** Hashes a password with fresh salt, in the PHC string form `$scrypt$ln=15,r=8,p=1$SALT$KEY`. */
export async function hashPassword(secret: Secret, cost: PasswordCost): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(secret, salt, cost);
  return formatPasswordHash({ cost, salt, key });
}

/** Whether the password is the one that was hashed; costs the same when it is not. */
export async function matchesPassword(secret: Secret, hash: PasswordHash): Promise<boolean> {
  // SECURITY: the time of the comparison tells nothing about where two keys differ.
  return timingSafeEqual(await derive(secret, hash.salt, hash.cost), hash.key);
}

/** A hash that no password matches and that costs as much as a real one: for unknown names. */
export function unmatchableHash(cost: PasswordCost): PasswordHash {
  return { cost, salt: randomBytes(SALT_BYTES), key: randomBytes(KEY_BYTES) };
}

/** The hash as it is stored. */
export function formatPasswordHash({ cost, salt, key }: PasswordHash): string {
  const { logN, blockSize, parallel } = cost;
  return `$scrypt$ln=${logN},r=${blockSize},p=${parallel}$${base64(salt)}$${base64(key)}`;
}

/**
 * Reads a stored hash.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parsePasswordHash } from "./password.ts";
 * assert.equal(parsePasswordHash("$2b$12$...").ok, false);
 * ```
 */
export function parsePasswordHash(text: string): Parsed<PasswordHash> {
  const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{22})\$([\w+/]{43})$/;
  const [, logN, blockSize, parallel, salt = "", key = ""] = form.exec(text) ?? [];
  if (logN === undefined) return unparsed("a hash is $scrypt$ln=..,r=..,p=..$SALT$KEY");
  const cost = {
    logN: Number(logN),
    blockSize: Number(blockSize),
    parallel: Number(parallel),
  };
  // SECURITY: a hash from elsewhere must not make a login cost gigabytes.
  const sane = cost.logN >= 1 && cost.logN <= 20 && cost.blockSize >= 1 && cost.blockSize <= 32 &&
    cost.parallel >= 1 && cost.parallel <= 16;
  if (!sane) return unparsed("the hash's parameters are out of bounds");
  return parsed({ cost, salt: Buffer.from(salt, "base64"), key: Buffer.from(key, "base64") });
}

/** Whether two hashes cost the same. */
export function sameCost(a: PasswordCost, b: PasswordCost): boolean {
  return a.logN === b.logN && a.blockSize === b.blockSize && a.parallel === b.parallel;
}

function derive(secret: Secret, salt: Uint8Array, cost: PasswordCost): Promise<Uint8Array> {
  const { logN, blockSize, parallel } = cost;
  // What OpenSSL counts: the big table, one block a lane, and some room.
  const maxmem = 128 * blockSize * (2 ** logN + parallel + 2) + (1 << 16);
  const options = { N: 2 ** logN, r: blockSize, p: parallel, maxmem };
  // Keyboards and systems compose letters differently (RFC 8265, 4.2.2): NFC makes them one.
  const password = secret.reveal().normalize("NFC");
  return new Promise((resolve, reject) => {
    // The asynchronous form runs on a thread of the runtime's pool: sessions are not held up.
    scrypt(
      password,
      salt,
      KEY_BYTES,
      options,
      (error, key) => error ? reject(error) : resolve(key),
    );
  });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}
