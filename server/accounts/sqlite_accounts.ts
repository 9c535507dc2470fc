// Accounts kept in SQLite: one file below the data directory, shared by all workers and commands.

import type { StatementSync } from "node:sqlite";
import { Fault } from "../../shared/fault.ts";
import type { Secret } from "../../shared/secret.ts";
import { checkAccountDirectory, checkAccountName, nameKey } from "./account_rules.ts";
import type {
  Account,
  AccountAdmin,
  AccountChange,
  Accounts,
  NewAccount,
  Verdict,
} from "./accounts.ts";
import { AccountsDatabase, guarded } from "./accounts_database.ts";
import { PasswordCheck, type PasswordCheckOptions } from "./password_check.ts";

type Row = Record<string, unknown>;

/** The account store of one worker or command. */
export class SqliteAccounts implements Accounts, AccountAdmin, Disposable {
  readonly #database: AccountsDatabase;
  readonly #passwords: PasswordCheck;
  readonly #sql: ReturnType<typeof prepareAll>;

  private constructor(database: AccountsDatabase, passwords: PasswordCheck) {
    this.#database = database;
    this.#passwords = passwords;
    this.#sql = prepareAll(database);
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

  async verify(name: string, secret: Secret, _from: string): Promise<Verdict> {
    const before = this.#row(name);
    const stored = before === undefined ? undefined : {
      hash: String(before["password"]),
      revision: Number(before["revision"]),
    };
    const right = await this.#passwords.matches(name, stored, secret);
    // SECURITY: what changed while the hash was computed counts: a new password, a removal.
    const row = this.#row(name);
    if (!right || stored === undefined || row?.["revision"] !== stored.revision) {
      return { ok: false, why: "wrong" };
    }
    if (this.#passwords.isOutdated(stored.hash)) {
      await this.#renewHash(name, stored.revision, secret);
    }
    const account = accountOf(row);
    return account.enabled ? { ok: true, account } : { ok: false, why: "disabled" };
  }

  find(name: string): Promise<Account | undefined> {
    return settled(() => {
      const row = this.#row(name);
      return row === undefined ? undefined : accountOf(row);
    });
  }

  async add(account: NewAccount, secret: Secret): Promise<Account> {
    const name = requireName(account.name);
    const values = valuesOf({ ...NEW_ACCOUNT, directory: name, ...defined(account), name });
    const password = await this.#passwords.hash(secret);
    return this.#database.transaction(() => {
      if (this.#sql.nameTaken.get(nameKey(name)) !== undefined) {
        throw new Fault("exists", { about: name });
      }
      const created_ms = Date.now();
      const row = { ...values, name_key: nameKey(name), password, created_ms };
      return accountOf(this.#sql.insert.get({ ...row, revision: this.#nextRevision() }) as Row);
    });
  }

  async setPassword(name: string, secret: Secret): Promise<void> {
    const password = await this.#passwords.hash(secret);
    this.#database.transaction(() => {
      const revision = this.#nextRevision();
      const { changes } = this.#sql.setPassword.run({ name: composed(name), password, revision });
      if (changes === 0) throw new Fault("not-found", { about: name });
    });
  }

  update(name: string, change: AccountChange): Promise<Account> {
    return settled(() =>
      this.#database.transaction(() => {
        const row = this.#row(name);
        if (row === undefined) throw new Fault("not-found", { about: name });
        // A limit that is named and undefined is lifted; of other fields undefined means nothing.
        const { quotaBytes, maxFiles } = { ...accountOf(row), ...change };
        const values = valuesOf({ ...accountOf(row), ...defined(change), quotaBytes, maxFiles });
        const revision = this.#nextRevision();
        return accountOf(this.#sql.update.get({ ...values, revision }) as Row);
      })
    );
  }

  remove(name: string): Promise<void> {
    return settled(() =>
      this.#database.transaction(() => {
        if (this.#sql.remove.run(composed(name)).changes === 0) {
          throw new Fault("not-found", { about: name });
        }
      })
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
  }
}

const COLUMNS =
  "name, directory, read_only, admin, enabled, quota_bytes, max_files, grants, mounts, " +
  "revision, password";

function prepareAll(database: AccountsDatabase) {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  return {
    find: prepare(`SELECT ${COLUMNS} FROM accounts WHERE name = ?`),
    list: prepare(`SELECT ${COLUMNS} FROM accounts ORDER BY name`),
    nameTaken: prepare("SELECT 1 FROM accounts WHERE name_key = ?"),
    tick: prepare("UPDATE clock SET revision = revision + 1 RETURNING revision"),
    insert: prepare(`
      INSERT INTO accounts (${COLUMNS}, name_key, created_ms)
      VALUES (:name, :directory, :read_only, :admin, :enabled, :quota_bytes, :max_files, :grants,
              :mounts, :revision, :password, :name_key, :created_ms)
      RETURNING ${COLUMNS}`),
    update: prepare(`
      UPDATE accounts SET directory = :directory, read_only = :read_only, admin = :admin,
        enabled = :enabled, quota_bytes = :quota_bytes, max_files = :max_files, grants = :grants,
        mounts = :mounts, revision = :revision
      WHERE name = :name RETURNING ${COLUMNS}`),
    setPassword: prepare(
      "UPDATE accounts SET password = :password, revision = :revision WHERE name = :name",
    ),
    renewHash: prepare(
      "UPDATE accounts SET password = :password WHERE name = :name AND revision = :revision",
    ),
    remove: prepare("DELETE FROM accounts WHERE name = ?"),
  };
}

const NEW_ACCOUNT = {
  readOnly: false,
  admin: false,
  enabled: true,
  quotaBytes: undefined,
  maxFiles: undefined,
  grants: [],
  mounts: [],
};

function accountOf(row: Row): Account {
  return {
    name: String(row["name"]),
    directory: String(row["directory"]),
    readOnly: row["read_only"] === 1,
    admin: row["admin"] === 1,
    enabled: row["enabled"] === 1,
    quotaBytes: limitOf(row["quota_bytes"]),
    maxFiles: limitOf(row["max_files"]),
    grants: JSON.parse(String(row["grants"])),
    mounts: JSON.parse(String(row["mounts"])),
    revision: Number(row["revision"]),
  };
}

function limitOf(column: unknown): number | undefined {
  return column === null ? undefined : Number(column);
}

function valuesOf(account: Omit<Account, "revision">) {
  const directory = checkAccountDirectory(account.directory);
  if (!directory.ok) throw new Fault("bad-name", { about: account.directory });
  return {
    name: account.name,
    directory: directory.value,
    read_only: Number(account.readOnly),
    admin: Number(account.admin),
    enabled: Number(account.enabled),
    quota_bytes: account.quotaBytes ?? null,
    max_files: account.maxFiles ?? null,
    grants: JSON.stringify(account.grants),
    mounts: JSON.stringify(account.mounts),
  };
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

/** The fields that were given a value. */
function defined<T extends object>(change: T): T {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as T;
}

/** SQLite answers at once; the interface, meant for distant stores too, answers later. */
function settled<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(guarded(work)));
}
