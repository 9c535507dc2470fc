// The runtime store's SQLite file: what the threads of a running server share and nobody needs afterwards.

import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { guarded } from "../accounts/accounts_database.ts";
import { RUNTIME_SCHEMA, RUNTIME_VERSION } from "./runtime_schema.ts";

/** How long a thread waits for another one's statement; those take microseconds. */
const BUSY_TIMEOUT_MS = 5000;

/** SQLite's result codes for a file that is damaged or none of its own (SQLITE_CORRUPT, SQLITE_NOTADB). */
const DAMAGED_CODES = new Set([11, 26]);

/** The store's file, its folder given. */
export function runtimeFile(directory: string): string {
  return join(directory, "runtime.db");
}

/** An open connection; each thread and each command has its own. */
export class RuntimeDatabase implements Disposable {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * Opens the file, which is made when missing. One of another version, or damaged by a power cut, is
   * made anew: all that was in it is of processes that are gone.
   *
   * @param directory the server's own folder, which exists and is nobody else's.
   * @throws Fault `busy`, `host-failure`
   */
  static open(directory: string): RuntimeDatabase {
    return guarded(() => {
      const path = runtimeFile(directory);
      try {
        return new RuntimeDatabase(opened(path));
      } catch (error) {
        if (!isDamaged(error)) throw error;
        for (const suffix of ["", "-wal", "-shm"]) removeIfThere(path + suffix);
        return new RuntimeDatabase(opened(path));
      }
    });
  }

  /** Prepares a statement, for as long as the connection lives. */
  prepare(sql: string): StatementSync {
    return guarded(() => this.#database.prepare(sql));
  }

  /** Runs `work` as one transaction that locks out all other writers; what it throws undoes it. */
  transaction<T>(work: () => T): T {
    return guarded(() => transaction(this.#database, work));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function opened(path: string): DatabaseSync {
  // SECURITY: who is there and who was banned is for the server alone, wherever the folder is copied.
  Deno.openSync(path, { append: true, create: true, mode: 0o600 }).close();
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    // Prepared, because errors of `exec` do not tell SQLite's code.
    database.prepare("PRAGMA journal_mode = WAL").get();
    // OFF: nothing is flushed to disk, since nothing is worth keeping over a power cut.
    database.exec("PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON");
    const [check] = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {});
    if (check !== "ok") throw Object.assign(new Error(String(check)), { errcode: 11 });
    transaction(database, () => makeTables(database));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function makeTables(database: DatabaseSync): void {
  const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
  if (version === RUNTIME_VERSION) return;
  const tables = database.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  ).all();
  // Their rows must not be asked for what they refer to.
  database.exec("PRAGMA defer_foreign_keys = ON");
  for (const { name } of tables) database.exec(`DROP TABLE "${name}"`);
  database.exec(RUNTIME_SCHEMA);
  database.exec(`PRAGMA user_version = ${RUNTIME_VERSION}`);
}

function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function isDamaged(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" && DAMAGED_CODES.has(code & 0xff);
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
