// Judges a password against a stored hash: at constant cost, bounded, and only once for one and the same.

import type { Secret } from "../../shared/secret.ts";
import { HashQueue, type HashQueueLimits } from "./hash_queue.ts";
import {
  hashPassword,
  matchesPassword,
  parsePasswordHash,
  type PasswordCost,
  type PasswordHash,
  sameCost,
  STANDARD_COST,
  unmatchableHash,
} from "./password.ts";
import { ProvenPasswords } from "./proven_passwords.ts";

/** What of an account matters for its password; `undefined` stands for a name nobody has. */
export interface StoredPassword {
  readonly hash: string;
  readonly revision: number;
}

/** How a {@linkcode PasswordCheck} is set up; everything has a default. */
export interface PasswordCheckOptions {
  readonly cost?: PasswordCost;
  readonly limits?: HashQueueLimits;
  readonly proven?: ProvenPasswords;
}

/** The password side of an account store, whatever keeps the hashes. */
export class PasswordCheck {
  readonly #cost: PasswordCost;
  readonly #queue: HashQueue;
  readonly #proven: ProvenPasswords;
  readonly #nobody: PasswordHash;
  /** Checks under way: a hundred connections opened at once with one password are one hash. */
  readonly #underWay = new Map<string, Promise<boolean>>();

  constructor(options: PasswordCheckOptions = {}) {
    this.#cost = options.cost ?? STANDARD_COST;
    this.#queue = new HashQueue(options.limits);
    this.#proven = options.proven ?? new ProvenPasswords();
    this.#nobody = unmatchableHash(this.#cost);
  }

  /** Hashes a new password. @throws Fault `limit-reached` */
  hash(secret: Secret): Promise<string> {
    return this.#queue.run(() => hashPassword(secret, this.#cost));
  }

  /**
   * Whether the password is right.
   *
   * @throws Fault `limit-reached` when too many hashes wait already.
   */
  async matches(
    name: string,
    stored: StoredPassword | undefined,
    secret: Secret,
  ): Promise<boolean> {
    const revision = stored?.revision ?? 0;
    const digest = this.#proven.digest(name, secret);
    if (stored !== undefined && this.#proven.has(name, revision, digest)) return true;
    const key = `${revision} ${digest}`;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return await underWay;
    const check = this.#compute(stored, secret);
    this.#underWay.set(key, check);
    try {
      const right = await check;
      if (right) this.#proven.add(name, revision, digest);
      return right;
    } finally {
      this.#underWay.delete(key);
    }
  }

  /** Whether this very password was proven a moment ago: known at once, and at next to no cost. */
  isProven(name: string, revision: number, secret: Secret): boolean {
    return this.#proven.has(name, revision, this.#proven.digest(name, secret));
  }

  /** Whether a stored hash was made with other parameters than new ones are. */
  isOutdated(hash: string): boolean {
    const read = parsePasswordHash(hash);
    return !read.ok || !sameCost(read.value.cost, this.#cost);
  }

  #compute(stored: StoredPassword | undefined, secret: Secret): Promise<boolean> {
    const read = stored === undefined ? undefined : parsePasswordHash(stored.hash);
    // SECURITY: an unknown name costs what a known one does, so that time does not tell names.
    const hash = read?.ok ? read.value : this.#nobody;
    return this.#queue.run(() => matchesPassword(secret, hash));
  }
}
