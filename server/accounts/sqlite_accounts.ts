// Accounts kept in SQLite: one file below the data directory, shared by all workers and commands.

import type { StatementSync } from "node:sqlite";
import { Fault } from "../../shared/fault.ts";
import type { Secret } from "../../shared/secret.ts";
import { ACCOUNT_COLUMNS, accountOf, type Row, rowOf } from "./account_row.ts";
import { checkAccountName, nameKey } from "./account_rules.ts";
import {
  type Account,
  type AccountAdmin,
  type AccountChange,
  type Accounts,
  type NewAccount,
  STANDARD_ACCOUNT,
  type Verdict,
} from "./accounts.ts";
import { AccountsDatabase, guarded } from "./accounts_database.ts";
import { type Invite, Invites, type InviteTerms } from "./invites.ts";
import { KnownAccounts } from "./known_accounts.ts";
import { endsSessions, termsRefusal } from "./login_terms.ts";
import { PasswordCheck, type PasswordCheckOptions } from "./password_check.ts";

/** The account store of one worker or command. */
export class SqliteAccounts implements Accounts, AccountAdmin, Disposable {
  readonly #database: AccountsDatabase;
  readonly #passwords: PasswordCheck;
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #invites: Invites;
  readonly #known: KnownAccounts;

  private constructor(database: AccountsDatabase, passwords: PasswordCheck) {
    this.#database = database;
    this.#passwords = passwords;
    this.#sql = prepareAll(database);
    this.#invites = new Invites(database);
    this.#known = new KnownAccounts(database);
  }

  /**
   * Opens the store, which is made when missing.
   *
   * @param path of the database file; its folder exists.
   * @throws Fault `busy`, `unsupported` (a newer version made it), `host-failure`
   */
  static open(path: string, options: PasswordCheckOptions = {}): SqliteAccounts {
    return new SqliteAccounts(AccountsDatabase.open(path), new PasswordCheck(options));
  }

  async verify(name: string, secret: Secret, from: string | undefined): Promise<Verdict> {
    const found = this.#known.find(composed(name));
    const stored = found && { hash: found.hash, revision: found.account.revision };
    const right = await this.#passwords.matches(name, stored, secret);
    // SECURITY: what changed while the hash was computed counts: a new password, a removal.
    const account = this.#known.find(composed(name))?.account;
    if (!right || stored === undefined || account?.revision !== stored.revision) {
      return { ok: false, why: "wrong" };
    }
    if (this.#passwords.isOutdated(stored.hash)) {
      await this.#renewHash(name, stored.revision, secret);
    }
    return judged(account, from);
  }

  recognise(name: string, secret: Secret, from: string | undefined): Verdict | undefined {
    const account = this.#known.find(composed(name))?.account;
    if (account === undefined) return undefined;
    const isProven = this.#passwords.isProven(name, account.revision, secret);
    return isProven ? judged(account, from) : undefined;
  }

  find(name: string): Promise<Account | undefined> {
    return settled(() => this.#known.find(composed(name))?.account);
  }

  lastChange(): Promise<number> {
    return settled(() => Number(this.#sql.clock.get()?.["revision"]));
  }

  async add(wanted: NewAccount, secret: Secret, invite?: Secret): Promise<Account> {
    const name = requireName(wanted.name);
    const fields = { ...STANDARD_ACCOUNT, directory: name, ...wanted, name };
    // Before a hash is paid for.
    rowOf({ ...fields, revision: 0, loginRevision: 0 });
    const password = await this.#passwords.hash(secret);
    return this.#database.transaction(() => {
      const now = Date.now();
      const invited = invite === undefined ? undefined : this.#invites.use(invite, now);
      if (this.#sql.nameTaken.get(nameKey(name)) !== undefined) {
        throw new Fault("exists", { about: name });
      }
      const revision = this.#nextRevision();
      const quotaBytes = invited ?? fields.quotaBytes;
      const row = rowOf({ ...fields, quotaBytes, revision, loginRevision: revision });
      const inserted = { ...row, name_key: nameKey(name), password, created_ms: now };
      return accountOf(this.#sql.insert.get(inserted) as Row);
    });
  }

  async setPassword(name: string, secret: Secret): Promise<Account> {
    const password = await this.#passwords.hash(secret);
    return this.#database.transaction(() => {
      const revision = this.#nextRevision();
      const row = this.#sql.setPassword.get({ name: composed(name), password, revision });
      if (row === undefined) throw new Fault("not-found", { about: name });
      return accountOf(row);
    });
  }

  update(name: string, change: AccountChange): Promise<Account> {
    return settled(() =>
      this.#database.transaction(() => {
        const row = this.#row(name);
        if (row === undefined) throw new Fault("not-found", { about: name });
        const before = accountOf(row);
        const revision = this.#nextRevision();
        const after = { ...before, ...change, revision };
        const loginRevision = endsSessions(before, after) ? revision : before.loginRevision;
        return accountOf(this.#sql.update.get(rowOf({ ...after, loginRevision })) as Row);
      })
    );
  }

  remove(name: string): Promise<void> {
    return settled(() =>
      this.#database.transaction(() => {
        if (this.#sql.remove.run(composed(name)).changes === 0) {
          throw new Fault("not-found", { about: name });
        }
        // Whoever watches for changes must see this one, too.
        this.#nextRevision();
      })
    );
  }

  checkInvite(code: Secret): Promise<void> {
    return settled(() => this.#invites.check(code, Date.now()));
  }

  invite(terms: InviteTerms): Promise<Secret> {
    return settled(() => this.#database.transaction(() => this.#invites.make(terms, Date.now())));
  }

  invites(): Promise<Invite[]> {
    return settled(() => this.#invites.list(Date.now()));
  }

  withdrawInvite(which: string): Promise<void> {
    return settled(() =>
      this.#database.transaction(() => this.#invites.withdraw(which, Date.now()))
    );
  }

  list(): Promise<Account[]> {
    return settled(() => (this.#sql.list.all() as Row[]).map(accountOf));
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }

  #row(name: string): Row | undefined {
    return guarded(() => this.#sql.find.get(composed(name))) as Row | undefined;
  }

  #nextRevision(): number {
    return Number((this.#sql.tick.get() as Row)["revision"]);
  }

  /** The password stays the same, so its revision does: what it proved stays proven. */
  async #renewHash(name: string, revision: number, secret: Secret): Promise<void> {
    const password = await this.#passwords.hash(secret);
    guarded(() => this.#sql.renewHash.run({ name: composed(name), revision, password }));
    this.#known.forget(composed(name));
  }
}

function prepareAll(database: AccountsDatabase) {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  const columns = ACCOUNT_COLUMNS.join(", ");
  const values = ACCOUNT_COLUMNS.map((name) => `:${name}`).join(", ");
  const changes = ACCOUNT_COLUMNS.filter((name) => name !== "name")
    .map((name) => `${name} = :${name}`).join(", ");
  return {
    find: prepare(`SELECT ${columns} FROM accounts WHERE name = ?`),
    list: prepare(`SELECT ${columns} FROM accounts ORDER BY name`),
    nameTaken: prepare("SELECT 1 FROM accounts WHERE name_key = ?"),
    clock: prepare("SELECT revision FROM clock"),
    tick: prepare("UPDATE clock SET revision = revision + 1 RETURNING revision"),
    insert: prepare(`
      INSERT INTO accounts (${columns}, password, name_key, created_ms)
      VALUES (${values}, :password, :name_key, :created_ms) RETURNING ${columns}`),
    update: prepare(`UPDATE accounts SET ${changes} WHERE name = :name RETURNING ${columns}`),
    setPassword: prepare(`
      UPDATE accounts SET password = :password, revision = :revision, login_revision = :revision
      WHERE name = :name RETURNING ${columns}`),
    renewHash: prepare(
      "UPDATE accounts SET password = :password WHERE name = :name AND revision = :revision",
    ),
    remove: prepare("DELETE FROM accounts WHERE name = ?"),
  };
}

/** The verdict on whose password was right. */
function judged(account: Account, from: string | undefined): Verdict {
  const why = termsRefusal(account, from, new Date());
  return why === undefined ? { ok: true, account } : { ok: false, why };
}

function requireName(text: string): string {
  const name = checkAccountName(text);
  if (!name.ok) throw new Fault("bad-name", { about: text });
  return name.value;
}

/** Names are kept composed (NFC); a client may send them otherwise. */
function composed(name: string): string {
  return name.normalize("NFC");
}

/** SQLite answers at once; the interface, meant for distant stores too, answers later. */
function settled<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(guarded(work)));
}
