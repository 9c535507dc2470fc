// Accounts as their rows were read last: a row is read whole, and parsed, only when it has changed.

import type { StatementSync } from "node:sqlite";
import { ACCOUNT_COLUMNS, accountOf, type Row } from "./account_row.ts";
import type { Account } from "./accounts.ts";
import { type AccountsDatabase, guarded } from "./accounts_database.ts";

/** An account with what its password is judged by. */
export interface StoredAccount {
  readonly account: Account;
  /** As it was when the row was read: made with other parameters since, it is for the same password. */
  readonly hash: string;
}

/** As many as are busy at once on one worker; each takes a kilobyte. */
const LIMIT_ENTRIES = 1000;

/** One thread's knowledge of the store, which is asked every time whether it still holds. */
export class KnownAccounts {
  readonly #known = new Map<string, StoredAccount>();
  readonly #revision: StatementSync;
  readonly #whole: StatementSync;

  constructor(database: AccountsDatabase) {
    this.#revision = database.prepare("SELECT revision FROM accounts WHERE name = ?");
    this.#whole = database.prepare(
      `SELECT ${ACCOUNT_COLUMNS.join(", ")}, password FROM accounts WHERE name = ?`,
    );
  }

  /** The account that is called so, `undefined` for none. @param name composed (NFC). */
  find(name: string): StoredAccount | undefined {
    const known = this.#known.get(name);
    if (known === undefined) return this.#read(name);
    // Every change of an account is a revision that no account ever had.
    const revision = guarded(() => this.#revision.get(name))?.["revision"];
    return revision === known.account.revision ? known : this.#read(name);
  }

  /** To be told of what changes without a revision: the form of a hash. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  #read(name: string): StoredAccount | undefined {
    this.#known.delete(name);
    const row = guarded(() => this.#whole.get(name)) as Row | undefined;
    if (row === undefined) return undefined;
    const stored = { account: accountOf(row), hash: String(row["password"]) };
    if (this.#known.size >= LIMIT_ENTRIES) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
    this.#known.set(name, stored);
    return stored;
  }
}
