// The SQL of the quota books: what is asked of them, in their own words.

import type { StatementSync } from "node:sqlite";
import { type Amount, type Booking, NO_AMOUNT } from "../storage/quota_books.ts";
import type { QuotaState } from "../storage/quota_books.ts";
import type { AccountsDatabase } from "./accounts_database.ts";

type Row = Record<string, number | string | null>;

/** An account with limits, as the books see it. */
export interface Page {
  readonly state: QuotaState;
  readonly inDoubt: boolean;
}

/** A hold as the books have it. */
export interface HeldUpload {
  readonly target: string;
  readonly bytes: number;
  /** Of the file that it will replace. */
  readonly credit: Amount;
}

/** Prepared once a connection. Each call but `look` belongs into a transaction. */
export class BookStatements {
  readonly #sql: ReturnType<typeof prepareAll>;

  constructor(database: AccountsDatabase) {
    this.#sql = prepareAll((sql) => database.prepare(sql));
  }

  /** @returns `undefined` for an account without limits. */
  look(account: string): Page | undefined {
    const row = this.#sql.look.get(account) as Row | undefined;
    if (row === undefined) return undefined;
    const limit = { bytes: limitOf(row["quota_bytes"]), files: limitOf(row["max_files"]) };
    const used = {
      bytes: Number(row["bytes"]) + Number(row["held_bytes"]),
      files: Number(row["files"]) + Number(row["held_files"]),
    };
    return { state: { used, limit }, inDoubt: row["in_doubt"] !== 0 };
  }

  /** Writes down all of a booking but the doubt. @returns whether its hold was known. */
  book(account: string, owner: string, booking: Omit<Booking<unknown>, "act">): boolean {
    const { kept = NO_AMOUNT, opens, closes, vanishes, appears } = booking;
    if (kept.bytes !== 0 || kept.files !== 0) {
      this.#sql.keep.run({ account, bytes: kept.bytes, files: kept.files });
    }
    if (opens !== undefined) this.#open(account, owner, opens);
    const known = closes === undefined || this.close(closes);
    if (vanishes !== undefined) this.#sql.vanish.run({ account, at: vanishes });
    if (appears !== undefined) this.#sql.appear.run({ account, ...appears });
    return known;
  }

  /** @returns whether there was such a hold. */
  close(hold: string): boolean {
    return this.#sql.close.run(hold).changes !== 0;
  }

  held(hold: string): HeldUpload | undefined {
    const row = this.#sql.held.get(hold) as Row | undefined;
    return row && {
      target: String(row["target"]),
      bytes: Number(row["bytes"]),
      credit: { bytes: Number(row["credit_bytes"]), files: Number(row["credit_files"]) },
    };
  }

  /** Whether another upload is credited with the file it will replace there: that counts once. */
  isCredited(account: string, target: string, other: string): boolean {
    return this.#sql.credited.get({ account, target, other }) !== undefined;
  }

  hold(hold: string, bytes: number, credit: Amount): void {
    this.#sql.hold.run({ id: hold, bytes, credit_bytes: credit.bytes, credit_files: credit.files });
  }

  /** From now on the account must be counted. @returns which doubt that is, and what is held now. */
  raiseDoubt(account: string): { readonly doubts: number; readonly held: ReadonlySet<string> } {
    const row = this.#sql.raise.get(account) as Row | undefined;
    const held = (this.#sql.places.all(account) as Row[]).map(({ place }) => String(place));
    return { doubts: Number(row?.["doubts"]), held: new Set(held) };
  }

  /** The account was counted since that doubt; what was raised later remains. */
  liftDoubt(account: string, doubts: number, { bytes, files }: Amount): void {
    this.#sql.lift.run({ account, doubts, bytes, files });
  }

  doubtful(): string[] {
    return (this.#sql.doubtful.all() as Row[]).map(({ name }) => String(name));
  }

  limited(): string[] {
    return (this.#sql.limited.all() as Row[]).map(({ name }) => String(name));
  }

  /** Gives back what is held by anybody else, and puts all accounts in doubt. */
  forgetAllBut(owners: readonly string[]): void {
    this.#sql.forget.run(JSON.stringify(owners));
    this.#sql.raiseAll.run();
  }

  holdsOf(owner: string): boolean {
    return this.#sql.ofOwner.get(owner) !== undefined;
  }

  #open(account: string, owner: string, opens: NonNullable<Booking<unknown>["opens"]>): void {
    const { hold: { id, place, target }, bytes, replaces } = opens;
    const credit = this.isCredited(account, target, id) ? NO_AMOUNT : replaces();
    const [credit_bytes, credit_files] = [credit.bytes, credit.files];
    this.#sql.open.run({ id, account, owner, place, target, bytes, credit_bytes, credit_files });
  }
}

function prepareAll(prepare: (sql: string) => StatementSync) {
  return {
    look: prepare(`
      SELECT a.quota_bytes, a.max_files, IFNULL(b.bytes, 0) bytes, IFNULL(b.files, 0) files,
        IFNULL(b.doubts > b.counted, 1) in_doubt,
        (SELECT IFNULL(SUM(bytes - credit_bytes), 0) FROM quota_holds WHERE account = a.name)
          held_bytes,
        (SELECT IFNULL(SUM(1 - credit_files), 0) FROM quota_holds WHERE account = a.name)
          held_files
      FROM accounts a LEFT JOIN quota_books b ON b.account = a.name
      WHERE a.name = ? AND (a.quota_bytes IS NOT NULL OR a.max_files IS NOT NULL)`),
    keep: prepare(`UPDATE quota_books SET bytes = bytes + :bytes, files = files + :files
      WHERE account = :account`),
    open: prepare(`
      INSERT INTO quota_holds VALUES (:id, :account, :owner, :place, :target, :bytes,
        :credit_bytes, :credit_files)`),
    close: prepare("DELETE FROM quota_holds WHERE id = ?"),
    held: prepare("SELECT * FROM quota_holds WHERE id = ?"),
    credited: prepare(`SELECT 1 FROM quota_holds
      WHERE account = :account AND target = :target AND id <> :other AND credit_files > 0`),
    hold: prepare(`UPDATE quota_holds SET bytes = :bytes, credit_bytes = :credit_bytes,
      credit_files = :credit_files WHERE id = :id`),
    vanish: prepare(`UPDATE quota_holds SET credit_bytes = 0, credit_files = 0
      WHERE account = :account
        AND (target = :at OR substr(target, 1, length(:at) + 1) IN (:at || '/', :at || '\\'))`),
    appear: prepare(`UPDATE quota_holds SET credit_bytes = MIN(credit_bytes, :bytes)
      WHERE account = :account AND target = :at`),
    raise: prepare(`
      INSERT INTO quota_books (account) SELECT name FROM accounts WHERE name = ?
      ON CONFLICT (account) DO UPDATE SET doubts = doubts + 1 RETURNING doubts`),
    raiseAll: prepare("UPDATE quota_books SET doubts = doubts + 1"),
    lift: prepare(`UPDATE quota_books SET bytes = :bytes, files = :files, counted = :doubts
      WHERE account = :account AND doubts = :doubts AND counted < :doubts`),
    places: prepare("SELECT place FROM quota_holds WHERE account = ?"),
    doubtful: prepare(`
      SELECT a.name FROM accounts a LEFT JOIN quota_books b ON b.account = a.name
      WHERE (a.quota_bytes IS NOT NULL OR a.max_files IS NOT NULL)
        AND IFNULL(b.doubts > b.counted, 1) ORDER BY a.name`),
    limited: prepare(
      "SELECT name FROM accounts WHERE quota_bytes IS NOT NULL OR max_files IS NOT NULL",
    ),
    forget: prepare(`
      DELETE FROM quota_holds WHERE owner NOT IN (SELECT value FROM json_each(?))`),
    ofOwner: prepare("SELECT 1 FROM quota_holds WHERE owner = ? LIMIT 1"),
  };
}

function limitOf(column: unknown): number | undefined {
  return typeof column === "number" ? column : undefined;
}
