// Invite codes for registrations: made once, shown once, kept as digests.

import { Buffer } from "node:buffer";
import { createHash, randomInt } from "node:crypto";
import type { StatementSync } from "node:sqlite";
import { Fault } from "../../shared/fault.ts";
import { Secret } from "../../shared/secret.ts";
import type { AccountsDatabase } from "./accounts_database.ts";

/** What an invite is good for. */
export interface InviteTerms {
  /** How many registrations. */
  readonly uses: number;
  /** Until when, milliseconds since 1970. */
  readonly untilMs: number;
  /** The quota of accounts made with it; `undefined` for the server's default. */
  readonly quotaBytes: number | undefined;
}

/** An invite that is good for something still; `uses` are those that are left. */
export interface Invite extends InviteTerms {
  /** Eight hexadecimal digits, for people to name it by; the code is known to nobody here. */
  readonly id: string;
}

/** How long an invite is good unless somebody says otherwise. */
export const INVITE_LIFE_MS = 7 * 24 * 3600 * 1000;

/** Without those that look like others: people read codes aloud. 16 of 31 are 79 bits. */
const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";
const CODE_CHARACTERS = 16;
const GROUP = /.{4}(?=.)/g;

/** A fresh code, e.g. `k3fw-9pqa-x2mt-7hnr`. */
export function newInviteCode(): Secret {
  const letters = Array.from({ length: CODE_CHARACTERS }, () => ALPHABET[randomInt(31)]);
  return new Secret(letters.join("").replace(GROUP, "$&-"));
}

/** What is kept of a code: it finds the invite and tells nothing of the code. */
export function inviteDigest(code: Secret): string {
  const typed = code.reveal().toLowerCase().replace(/[\s-]/g, "");
  return createHash("sha256").update(typed).digest("base64");
}

/** What names an invite, by what is kept of its code. */
export function inviteId(digest: string): string {
  return Buffer.from(digest, "base64").toString("hex").slice(0, 8);
}

/** Whether somebody means this invite by its id, or by its code. */
export function isInvite(digest: string, which: string): boolean {
  return inviteId(digest) === which.toLowerCase() || inviteDigest(new Secret(which)) === digest;
}

/** The invites of an account store. */
export class Invites {
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #use: StatementSync;
  readonly #forget: StatementSync;
  readonly #list: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: AccountsDatabase) {
    this.#insert = database.prepare(
      "INSERT INTO invites (digest, uses_left, until_ms, quota_bytes) VALUES (?, ?, ?, ?)",
    );
    this.#find = database.prepare(
      "SELECT 1 FROM invites WHERE digest = ? AND uses_left > 0 AND until_ms > ?",
    );
    this.#use = database.prepare(`
      UPDATE invites SET uses_left = uses_left - 1
      WHERE digest = ? AND uses_left > 0 AND until_ms > ? RETURNING quota_bytes`);
    this.#forget = database.prepare("DELETE FROM invites WHERE uses_left = 0 OR until_ms <= ?");
    this.#list = database.prepare(`
      SELECT * FROM invites WHERE uses_left > 0 AND until_ms > ? ORDER BY until_ms, digest`);
    this.#remove = database.prepare("DELETE FROM invites WHERE digest = ?");
  }

  /** Makes one, within the caller's transaction; those that are used up or over go. */
  make({ uses, untilMs, quotaBytes }: InviteTerms, nowMs: number): Secret {
    this.#forget.run(nowMs);
    const code = newInviteCode();
    this.#insert.run(inviteDigest(code), uses, untilMs, quotaBytes ?? null);
    return code;
  }

  /** Looks at one without using it. @throws Fault `denied` when there is no such invite any more. */
  check(code: Secret, nowMs: number): void {
    if (this.#find.get(inviteDigest(code), nowMs) === undefined) throw new Fault("denied");
  }

  /** Those that are good for something still, the next to end first. */
  list(nowMs: number): Invite[] {
    return this.#list.all(nowMs).map((row) => ({
      id: inviteId(String(row["digest"])),
      uses: Number(row["uses_left"]),
      untilMs: Number(row["until_ms"]),
      quotaBytes: row["quota_bytes"] === null ? undefined : Number(row["quota_bytes"]),
    }));
  }

  /** Takes one back, within the caller's transaction. @throws Fault `not-found` */
  withdraw(which: string, nowMs: number): void {
    const digests = this.#list.all(nowMs).map((row) => String(row["digest"]));
    const meant = digests.find((digest) => isInvite(digest, which));
    if (meant === undefined) throw new Fault("not-found");
    this.#remove.run(meant);
  }

  /**
   * Uses one, within the caller's transaction: should that fail, the invite is as good as before.
   *
   * @returns the quota it gives, `undefined` for the usual one.
   * @throws Fault `denied` when there is no such invite any more.
   */
  use(code: Secret, nowMs: number): number | undefined {
    const row = this.#use.get(inviteDigest(code), nowMs);
    if (row === undefined) throw new Fault("denied");
    return row["quota_bytes"] === null ? undefined : Number(row["quota_bytes"]);
  }
}
