// Remembers, in memory only and for a short while, which password was just proven for which account.

import { hash, randomBytes } from "node:crypto";
import type { Secret } from "../../shared/secret.ts";

/** How much is remembered and for how long. */
export interface ProvenPasswordsOptions {
  readonly limitEntries?: number;
  readonly lifeMs?: number;
  /** The time, milliseconds; only differences count. */
  readonly now?: () => number;
}

/** As many accounts as are busy at once on one worker; an entry is some 200 bytes. */
const LIMIT_ENTRIES = 10_000;
/** A client that moves many files opens its connections within minutes. */
const LIFE_MS = 10 * 60_000;

interface Proof {
  readonly revision: number;
  readonly digest: string;
  readonly untilMs: number;
}

/**
 * Passwords proven a moment ago, as digests keyed with a key that only this object has: so that a
 * client with many connections pays for scrypt once. A change of the account ends the proof, since
 * it is for one revision.
 */
export class ProvenPasswords {
  readonly #key = randomBytes(32).toString("base64");
  /** In the order of proof: the first one is the oldest. */
  readonly #proofs = new Map<string, Proof>();
  readonly #limitEntries: number;
  readonly #lifeMs: number;
  readonly #now: () => number;

  constructor(options: ProvenPasswordsOptions = {}) {
    this.#limitEntries = options.limitEntries ?? LIMIT_ENTRIES;
    this.#lifeMs = options.lifeMs ?? LIFE_MS;
    this.#now = options.now ?? (() => performance.now());
  }

  /** A digest of the attempt that tells nothing without this object's key. */
  digest(name: string, secret: Secret): string {
    // SECURITY: a plain digest in a memory dump could be guessed at leisure; without the key it cannot.
    // The key comes first and is always as long: what could be appended to a digest is of no use here.
    return hash("sha256", `${this.#key}${name}\0${secret.reveal()}`, "base64");
  }

  /** Whether this very attempt was proven for this revision a moment ago. */
  has(name: string, revision: number, digest: string): boolean {
    const proof = this.#proofs.get(name);
    if (proof === undefined) return false;
    // Digests of a secret key: what a comparison's time could tell is of no use to anybody.
    if (proof.revision === revision && proof.untilMs > this.#now()) return proof.digest === digest;
    this.#proofs.delete(name);
    return false;
  }

  /** Remembers a proof; the oldest one makes room. */
  add(name: string, revision: number, digest: string): void {
    this.#proofs.delete(name);
    if (this.#proofs.size >= this.#limitEntries) {
      const oldest = this.#proofs.keys().next();
      if (!oldest.done) this.#proofs.delete(oldest.value);
    }
    this.#proofs.set(name, { revision, digest, untilMs: this.#now() + this.#lifeMs });
  }

  /** How many are remembered. */
  get size(): number {
    return this.#proofs.size;
  }
}
