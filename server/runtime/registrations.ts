// How often strangers made themselves accounts lately: one address cannot fill the server with them.

import type { RuntimeDatabase } from "./runtime_database.ts";
import { addressBlock } from "../network.ts";

/** The time that is looked back. */
const REGISTRATIONS_COUNT_MS = 3600_000;

/** Counts for all threads. */
export class Registrations {
  readonly #database: RuntimeDatabase;
  readonly #sql: ReturnType<typeof statements>;

  constructor(database: RuntimeDatabase) {
    this.#database = database;
    this.#sql = statements(database);
  }

  /** Counts an attempt. @returns whether it is one too many for an hour; then it is not counted. */
  isTooMany(address: string, perHour: number, nowMs: number = Date.now()): boolean {
    const block = addressBlock(address);
    return this.#database.transaction(() => {
      this.#sql.forget.run(nowMs - REGISTRATIONS_COUNT_MS);
      if (Number(this.#sql.count.get(block)?.["attempts"]) >= perHour) return true;
      this.#sql.add.run(block, nowMs);
      return false;
    });
  }
}

function statements(database: RuntimeDatabase) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    forget: prepare("DELETE FROM registrations WHERE at_ms <= ?"),
    count: prepare("SELECT count(*) AS attempts FROM registrations WHERE block = ?"),
    add: prepare("INSERT INTO registrations (block, at_ms) VALUES (?, ?)"),
  };
}
