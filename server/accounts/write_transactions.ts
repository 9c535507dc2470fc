// Transactions of one SQLite connection that lock out all other writers from their first line on.

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Runs work within transactions. */
export class WriteTransactions {
  readonly #database: DatabaseSync;
  // Prepared, because an error of exec() does not tell its code, and a lock must be told from damage.
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    // IMMEDIATE: a lock taken only at the first write could fail in the middle.
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#rollback = database.prepare("ROLLBACK");
  }

  /** Runs `work`, which is one transaction; what it throws undoes it. @throws what SQLite throws */
  run<T>(work: () => T): T {
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      // Some errors end the transaction by themselves; then there is nothing to undo.
      if (this.#database.isTransaction) this.#rollback.run();
      throw error;
    }
  }
}
