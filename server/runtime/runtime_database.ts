// The runtime store's SQLite file: what the threads of a running server share and nobody needs afterwards.

import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { Fault } from "../../shared/fault.ts";
import { guarded } from "../accounts/accounts_database.ts";
import { WriteTransactions } from "../accounts/write_transactions.ts";
import { removeDatabase } from "../database_files.ts";
import { LASTING_TABLES, RUNTIME_SCHEMA, RUNTIME_VERSION } from "./runtime_schema.ts";
import { isAnyThreadAlive } from "./thread_lock.ts";
import { WriteTurn } from "./write_turn.ts";

/** How long a thread waits for another one's statement; those take microseconds. */
const BUSY_TIMEOUT_MS = 5000;

/** SQLite's result codes for a file that is damaged or none of its own (SQLITE_CORRUPT, SQLITE_NOTADB). */
const DAMAGED_CODES = new Set([11, 26]);

/** The store's file, its folder given. */
export function runtimeFile(directory: string): string {
  return join(directory, "runtime.db");
}

/** Who opens it: a thread that serves, or a command that asks beside a server that may run. */
export type RuntimePurpose = "serve" | "command";

/** An open connection; each thread and each command has its own. */
export class RuntimeDatabase implements Disposable {
  readonly #database: DatabaseSync;
  readonly #transactions: WriteTransactions;
  readonly #turn: WriteTurn;

  private constructor(database: DatabaseSync, turn: WriteTurn) {
    this.#database = database;
    this.#transactions = new WriteTransactions(database);
    this.#turn = turn;
  }

  /**
   * Opens the file, which is made when missing. For a thread that serves, one of another version, or
   * damaged by a power cut, is made anew, unless a thread that lives has it open: all that was in it
   * is of processes that are gone. What failed logins led to is kept where its tables are the same.
   *
   * @param directory the server's own folder, which exists and is nobody else's.
   * @param turn shared with the other threads of this process, where there are any.
   * @throws Fault `busy`, `host-failure`, `unsupported` (it is another version's)
   */
  static open(
    directory: string,
    purpose: RuntimePurpose,
    turn: WriteTurn = new WriteTurn(),
  ): RuntimeDatabase {
    return guarded(() => {
      const path = runtimeFile(directory);
      const mayRemake = () => purpose === "serve" && !isAnyThreadAlive(directory);
      try {
        return new RuntimeDatabase(opened(path, mayRemake), turn);
      } catch (error) {
        if (!isDamaged(error)) throw error;
        if (mayRemake()) removeDatabase(path);
        // Where a thread lives, another one may have made the file anew just now.
        return new RuntimeDatabase(opened(path, mayRemake), turn);
      }
    });
  }

  /** Prepares a statement, for as long as the connection lives. */
  prepare(sql: string): StatementSync {
    return guarded(() => this.#database.prepare(sql));
  }

  /** Runs `work`, a single statement that writes, when this thread may. @throws Fault `busy`, `host-failure` */
  write<T>(work: () => T): T {
    return guarded(() => this.#database.isTransaction ? work() : this.#turn.take(work));
  }

  /**
   * Runs `work` as one transaction that locks out all other writers, or as a part of the one that runs;
   * what it throws undoes it.
   *
   * @throws Fault `busy`, `host-failure`
   */
  transaction<T>(work: () => T): T {
    if (this.#database.isTransaction) return guarded(work);
    return this.write(() => this.#transactions.run(work));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function opened(path: string, mayRemake: () => boolean): DatabaseSync {
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
    new WriteTransactions(database).run(() => makeTables(database, mayRemake));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function makeTables(database: DatabaseSync, mayRemake: () => boolean): void {
  const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
  if (version === RUNTIME_VERSION) return;
  const tables = tablesOf(database);
  // SECURITY: a running server whose tables are gone locks everybody out and forgets whom it banned.
  if (tables.size > 0 && !mayRemake()) {
    throw new Fault("unsupported", { about: `runtime.db of version ${version}` });
  }
  // Their rows must not be asked for what they refer to.
  database.exec("PRAGMA defer_foreign_keys = ON");
  const lasting = LASTING_TABLES.filter((name) => tables.has(name));
  for (const name of lasting) {
    database.exec(`CREATE TEMP TABLE kept_${name} AS SELECT * FROM ${name}`);
  }
  for (const name of tables.keys()) database.exec(`DROP TABLE "${name}"`);
  database.exec(RUNTIME_SCHEMA);
  const made = tablesOf(database);
  for (const name of lasting) {
    if (made.get(name) === tables.get(name)) {
      database.exec(`INSERT INTO ${name} SELECT * FROM kept_${name}`);
    }
    database.exec(`DROP TABLE kept_${name}`);
  }
  database.exec(`PRAGMA user_version = ${RUNTIME_VERSION}`);
}

/** The statements that made the tables, by name. */
function tablesOf(database: DatabaseSync): ReadonlyMap<string, string> {
  const rows = database.prepare(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  ).all();
  return new Map(rows.map(({ name, sql }) => [String(name), String(sql)]));
}

function isDamaged(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" && DAMAGED_CODES.has(code & 0xff);
}
