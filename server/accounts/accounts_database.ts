// The account store's SQLite file: opened safely, brought up to date, its errors made faults.

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { Fault, isFault } from "../../shared/fault.ts";
import { MIGRATIONS } from "./accounts_schema.ts";
import { WriteTransactions } from "./write_transactions.ts";

/** How long a writer waits for another worker's transaction; those take milliseconds. */
const BUSY_TIMEOUT_MS = 5000;

/** SQLite's result codes for a lock held by somebody else (SQLITE_BUSY, SQLITE_LOCKED). */
const BUSY_CODES = new Set([5, 6]);

/** An open connection; each worker and each command has its own. */
export class AccountsDatabase implements Disposable {
  readonly #database: DatabaseSync;
  readonly #transactions: WriteTransactions;

  private constructor(database: DatabaseSync) {
    this.#database = database;
    this.#transactions = new WriteTransactions(database);
  }

  /**
   * Opens the file, which is made when missing, readable by its owner only.
   *
   * @param path of the file; its folder exists.
   * @param busyTimeoutMs how long a writer waits for another's transaction.
   * @throws Fault `busy`, `unsupported` (a newer version made it), `host-failure`
   */
  static open(path: string, busyTimeoutMs = BUSY_TIMEOUT_MS): AccountsDatabase {
    return guarded(() => {
      createPrivately(path);
      const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
      try {
        // WAL: readers never wait for a writer. NORMAL: a power cut may take back the last commits,
        // but never damages the file.
        database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
        database.exec("PRAGMA foreign_keys = ON");
        const opened = new AccountsDatabase(database);
        opened.#migrate();
        return opened;
      } catch (error) {
        database.close();
        throw error;
      }
    });
  }

  /** Prepares a statement, for as long as the connection lives. */
  prepare(sql: string): StatementSync {
    return guarded(() => this.#database.prepare(sql));
  }

  /**
   * Runs `work` as one transaction that locks out other writers from its first line on; what it
   * throws undoes it.
   *
   * @throws Fault `busy`, `host-failure`
   */
  transaction<T>(work: () => T): T {
    return guarded(() => this.#transactions.run(work));
  }

  /** The version of the schema the file has. */
  get version(): number {
    const row = this.prepare("PRAGMA user_version").get();
    return Number(row?.["user_version"]);
  }

  #migrate(): void {
    if (this.version === MIGRATIONS.length) return;
    this.transaction(() => {
      // Another worker may have done it while this one waited for the lock.
      const version = this.version;
      if (version > MIGRATIONS.length) {
        throw new Fault("unsupported", { about: `accounts.db of version ${version}` });
      }
      for (const step of MIGRATIONS.slice(version)) this.#database.exec(step);
      this.#database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    });
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** Runs `work`; what SQLite and the host throw becomes a fault, and a mistake of ours stays one. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isFault(error) || !isOfTheHost(error)) throw error;
    const code = (error as { errcode?: unknown }).errcode;
    const busy = typeof code === "number" && BUSY_CODES.has(code & 0xff);
    throw new Fault(busy ? "busy" : "host-failure", { cause: error });
  }
}

/** Whether SQLite says so, also of a connection that was closed, or the host, by the name of its errno. */
function isOfTheHost(error: unknown): boolean {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  return typeof errcode === "number" || error instanceof Deno.errors.NotCapable ||
    /^(E[A-Z0-9]+|ERR_SQLITE_ERROR|ERR_INVALID_STATE)$/.test(String(code));
}

/** SECURITY: password hashes are for the server alone; SQLite gives its side files the same mode. */
function createPrivately(path: string): void {
  try {
    Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
