// Digests kept over restarts: a bounded table in the server's own directory, shared by all workers.

import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { HashAlgorithm } from "../../shared/hash.ts";
import { removeDatabase } from "../database_files.ts";
import { digestKey, type KnownDigests, redateDigests } from "./digest_cache.ts";
import type { HostStat } from "./host_files.ts";

/** How long one worker waits for another's write; those take well under a millisecond. */
const BUSY_TIMEOUT_MS = 1000;
/** Some 20 MiB; more files than anybody verifies between two restarts. */
const DEFAULT_LIMIT = 100_000;
/** The oldest go after so many writes: not at each one, which would double its cost. */
const WRITES_BETWEEN_TRIMS = 100;
/** SQLite's result codes for a file that is damaged, or no database (SQLITE_CORRUPT, SQLITE_NOTADB). */
const BROKEN_CODES = new Set([11, 26]);

const TABLE = `
  CREATE TABLE IF NOT EXISTS digests (
    -- Counts up with every write: the lowest are the oldest.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL
  ) STRICT`;

/**
 * Digests in SQLite. Every worker asks the file itself, so what one of them takes back no other serves.
 * It is a cache: while it cannot be read or written every digest is computed, and its file may be
 * deleted whenever the server is down.
 */
export class StoredDigests implements KnownDigests, Disposable {
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #limit: number;
  #writes = 0;

  private constructor(database: DatabaseSync, limit: number) {
    this.#database = database;
    this.#limit = limit;
    // Prepared, not executed: only so does an error tell its code.
    database.prepare("PRAGMA journal_mode = WAL").get();
    // A power cut may take the last rows, or the file: both only cost time.
    database.exec("PRAGMA synchronous = OFF");
    database.exec(TABLE);
    this.#sql = prepareAll((sql) => database.prepare(sql));
    this.#sql.trim.run(limit);
  }

  /** Opens the file, which is made when missing, and made anew when it is broken. @throws what SQLite throws */
  static open(path: string, limit = DEFAULT_LIMIT): StoredDigests {
    try {
      return StoredDigests.#open(path, limit);
    } catch (error) {
      if (!BROKEN_CODES.has(Number((error as { errcode?: unknown }).errcode))) throw error;
      removeDatabase(path);
      return StoredDigests.#open(path, limit);
    }
  }

  static #open(path: string, limit: number): StoredDigests {
    const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      return new StoredDigests(database, limit);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  get(stat: HostStat, algorithm: HashAlgorithm): string | undefined {
    const row = attempt(() => this.#sql.get.get(digestKey(stat, algorithm)));
    return row === undefined ? undefined : String(row["digest"]);
  }

  set(stat: HostStat, algorithm: HashAlgorithm, digest: string): void {
    attempt(() => this.#sql.set.run(digestKey(stat, algorithm), digest));
    if (++this.#writes % WRITES_BETWEEN_TRIMS === 0) attempt(() => this.#sql.trim.run(this.#limit));
  }

  redate(before: HostStat, after: HostStat): void {
    redateDigests(this, before, after, (stat, algorithm) => {
      // Not an attempt: what cannot be taken back would be served, and stale.
      this.#sql.remove.run(digestKey(stat, algorithm));
    });
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function prepareAll(prepare: (sql: string) => StatementSync) {
  return {
    get: prepare("SELECT digest FROM digests WHERE file = ?"),
    set: prepare("REPLACE INTO digests (file, digest) VALUES (?, ?)"),
    remove: prepare("DELETE FROM digests WHERE file = ?"),
    trim: prepare("DELETE FROM digests WHERE id <= (SELECT MAX(id) FROM digests) - ?"),
  };
}

/** What a cache cannot do it leaves undone. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
