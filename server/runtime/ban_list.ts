// Failed logins counted for all threads and over restarts, and the bans that come of them.

import { createHash } from "node:crypto";
import type { StatementSync } from "node:sqlite";
import { isLoopback } from "../../shared/endpoint.ts";
import { guarded } from "../accounts/accounts_database.ts";
import { nameKey } from "../accounts/account_rules.ts";
import { addressBlock } from "../network.ts";
import { banStatements } from "./ban_statements.ts";
import type { RuntimeDatabase } from "./runtime_database.ts";

/** What the operator says about guessing; asked at each failure, since SIGHUP may change it. */
export interface BanTerms {
  /** So many failures within {@linkcode FAILURES_COUNT_MS} lead to a ban. */
  readonly failures: number;
  /** How long the first ban lasts; each one that follows soon lasts twice as long. */
  readonly banMs: number;
}

/** What a failed login leads to. */
export interface FailureVerdict {
  /** How long its answer is held back. */
  readonly delayMs: number;
  readonly isBanned: boolean;
}

/** Where logins come from. */
export interface LoginOrigin {
  readonly address: string;
  /** This very machine: never banned as a whole, only names from it. */
  readonly isExempt: boolean;
}

/** A ban that holds. */
export interface Ban {
  /** An address, an IPv6 network, or `undefined` for a name wherever it comes from. */
  readonly address: string | undefined;
  /** As {@linkcode nameDigest} tells it; `undefined` for all names from that address. */
  readonly nameDigest: string | undefined;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Where an account's owner logs in from; until a given time it need not be asked whether that is noted. */
interface NotedPlace {
  readonly block: string;
  readonly digest: string;
  untilMs: number;
}

/** How long a failure counts. */
export const FAILURES_COUNT_MS = 15 * 60_000;
/**
 * A name is banned everywhere only after so many times the failures of one address: it takes several
 * guessers, and its owner would be kept out by them.
 */
const NAME_FACTOR = 3;
/** The first failures are people's own; from then on each answer takes twice as long. */
const FREE_FAILURES = 2;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4000;
const LONGEST_BAN_MS = 24 * 3600_000;
/** A ban that follows within that time is longer than the one before. */
const REMEMBERED_MS = 24 * 3600_000;
const PLACES_REMEMBERED_MS = 30 * 24 * 3600_000;
/** A place noted so recently need not be noted again: most logins then write nothing. */
const NOTED_MS = 24 * 3600_000;
/** So many places are known without being looked up; then all are forgotten, and looked up again. */
const LIMIT_NOTED = 1000;
/** How long they are; what a place is noted for lasts much longer. */
const NOTED_LIFE_MS = 600_000;

/**
 * SECURITY: an address that guesses is banned for all names; a name that is guessed from many addresses
 * is banned for all of them but those its owner used before, so that nobody can lock an owner out of
 * where he works. This machine itself is never banned as a whole, only a name from it: an operator
 * cannot be locked out by one wrong script.
 */
export class BanList {
  readonly #database: RuntimeDatabase;
  readonly #sql: Record<keyof ReturnType<typeof banStatements>, StatementSync>;
  readonly #now: () => number;
  /** Places that were noted when they were looked up last, by address and account. */
  readonly #noted = new Map<string, NotedPlace>();

  constructor(database: RuntimeDatabase, now: () => number = Date.now) {
    this.#database = database;
    this.#sql = banStatements(database);
    this.#now = now;
  }

  /** Whether nobody may come from there at all; with a name, whether that name may not log in from there. */
  holds(from: LoginOrigin, name?: string): boolean {
    const now = this.#now();
    // Mostly nobody is, and then it matters to nobody who this is.
    if (guarded(() => this.#sql.anyHolds.get(now)) === undefined) return false;
    const row = {
      block: addressBlock(from.address),
      name: name === undefined ? "" : nameDigest(name),
      exempt: Number(from.isExempt),
      now,
    };
    return guarded(() => this.#sql.holds.get(row)) !== undefined;
  }

  /** Counts a login that failed. A ban of an address ends its sessions, in whatever thread they are. */
  failed({ address, isExempt }: LoginOrigin, name: string, terms: BanTerms): FailureVerdict {
    const [block, digest, now] = [addressBlock(address), nameDigest(name), this.#now()];
    return this.#database.transaction(() => {
      this.#sql.forgetFailures.run(now - FAILURES_COUNT_MS);
      this.#sql.forgetBans.run(now - REMEMBERED_MS);
      this.#sql.fail.run({ block, name: digest, now });
      const own = Number(this.#sql.ofPair.get(block, digest)?.["failures"]);
      const all = isExempt ? own : Number(this.#sql.ofBlock.get(block)?.["failures"]);
      const isBanned = all >= terms.failures;
      if (isBanned) this.#ban(block, isExempt ? digest : "", terms);
      const ofName = Number(this.#sql.ofName.get({ name: digest })?.["failures"]);
      if (!isExempt && ofName >= terms.failures * NAME_FACTOR) this.#ban("", digest, terms);
      return { delayMs: delayAfter(all), isBanned };
    });
  }

  /** Notes a login that went well: that name's failures from there were its owner's. */
  succeeded(address: string, name: string): void {
    const now = this.#now();
    const place = this.#placeOf(address, name, now);
    const { block, digest } = place;
    if (place.untilMs > now && guarded(() => this.#sql.ofPair.get(block, digest)) === undefined) {
      return;
    }
    const noted = { block, name: digest, since: now - NOTED_MS };
    if (guarded(() => this.#sql.isNoted.get(noted)) === undefined) {
      this.#database.transaction(() => {
        this.#sql.forgive.run(block, digest);
        this.#sql.forgetPlaces.run(now - PLACES_REMEMBERED_MS);
        this.#sql.remember.run({ block, name: digest, now });
      });
    }
    place.untilMs = now + NOTED_LIFE_MS;
  }

  /** The bans that hold now, the latest first. */
  list(): Ban[] {
    return guarded(() => this.#sql.list.all(this.#now())).map((row) => ({
      address: String(row["block"]) || undefined,
      nameDigest: String(row["name"]) || undefined,
      sinceMs: Number(row["since_ms"]),
      untilMs: Number(row["until_ms"]),
    }));
  }

  /** Lifts bans and forgets failures: of an address, of a name, or all. @returns how many bans held. */
  lift(whose: { readonly address: string } | { readonly name: string } | "all"): number {
    const block = whose !== "all" && "address" in whose ? addressBlock(whose.address) : null;
    const name = whose !== "all" && "name" in whose ? nameDigest(whose.name) : null;
    return this.#database.transaction(() => {
      const held = this.#sql.countBans.get({ block, name, now: this.#now() });
      this.#sql.lift.run({ block, name });
      this.#sql.pardon.run({ block, name });
      return Number(held?.["bans"]);
    });
  }

  #placeOf(address: string, name: string, now: number): NotedPlace {
    const key = `${address} ${name}`;
    const known = this.#noted.get(key);
    if (known !== undefined) return known;
    if (this.#noted.size >= LIMIT_NOTED) this.#noted.clear();
    const place = { block: addressBlock(address), digest: nameDigest(name), untilMs: now };
    this.#noted.set(key, place);
    return place;
  }

  #ban(block: string, name: string, { banMs }: BanTerms): void {
    const now = this.#now();
    const times = Number(this.#sql.timesBanned.get(block, name)?.["times"] ?? 0) + 1;
    const until = now + Math.min(banMs * 2 ** (times - 1), Math.max(banMs, LONGEST_BAN_MS));
    this.#sql.ban.run({ block, name, now, until, times });
    // What led to this ban must not lead to the next one as well.
    this.#sql.pardon.run({ block: block || null, name: name || null });
    // Sessions of this very machine are never among them, whatever a proxy calls its clients.
    if (name === "" && !isLoopback(block)) this.#sql.dismiss.run(block);
  }
}

/**
 * A name as failures are counted by: names that a person could take for one are one.
 *
 * SECURITY: a digest, for what stands in the place of a name may be a password.
 */
export function nameDigest(name: string): string {
  return createHash("sha256").update(nameKey(name)).digest("base64url").slice(0, 22);
}

function delayAfter(failures: number): number {
  if (failures <= FREE_FAILURES) return 0;
  return Math.min(FIRST_DELAY_MS * 2 ** (failures - FREE_FAILURES - 1), LONGEST_DELAY_MS);
}
