// Invite codes for registrations: made once, shown once, kept as digests.

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

/** The invites of an account store. */
export class Invites {
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #use: StatementSync;
  readonly #forget: StatementSync;

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
