// Who is there and what moves, as all threads told it last; and the word to end a session.

import { guarded } from "../accounts/accounts_database.ts";
import type { PresenceTotals, PresentSession } from "../../shared/presence.ts";
import type { RuntimeDatabase } from "./runtime_database.ts";
import { sessionIdOf, sessionKeyOf } from "./session_id.ts";

/** What everybody may ask of the runtime store about sessions: commands and administrators. */
export class SessionList {
  readonly #database: RuntimeDatabase;
  readonly #sql: ReturnType<typeof statements>;
  readonly #isAlive: (thread: number) => boolean;

  /** @param isAlive tells which threads' sessions count: all of them, unless somebody knows better. */
  constructor(database: RuntimeDatabase, isAlive: (thread: number) => boolean = () => true) {
    this.#database = database;
    this.#sql = statements(database);
    this.#isAlive = isAlive;
  }

  /** All sessions, the oldest first. */
  sessions(): PresentSession[] {
    const rows = guarded(() => this.#sql.sessions.all());
    const threads = new Set(rows.map((row) => Number(row["thread"])));
    const alive = new Set([...threads].filter((thread) => this.#isAlive(thread)));
    return rows.filter((row) => alive.has(Number(row["thread"]))).map((row) => ({
      id: sessionIdOf(Number(row["id"])),
      account: textOf(row["account"]),
      address: String(row["address"]),
      sinceMs: Number(row["since_ms"]),
      transfer: row["verb"] === null ? undefined : {
        verb: String(row["verb"]),
        path: String(row["path"]),
        sends: row["sends"] === 1,
        sinceMs: Number(row["transfer_since_ms"]),
        movedBytes: Number(row["moved_bytes"]),
        totalBytes: row["total_bytes"] === null ? undefined : Number(row["total_bytes"]),
        offsetBytes: Number(row["offset_bytes"]),
        rateBytes: Number(row["rate_bytes"]),
      },
    }));
  }

  /** Bytes since the threads started; those of running transfers included. */
  totals(): PresenceTotals {
    const row = guarded(() => this.#sql.totals.get()) ?? {};
    return {
      receivedBytes: Number(row["received_bytes"]),
      sentBytes: Number(row["sent_bytes"]),
    };
  }

  /** Has a session ended by its thread, within a second. @returns whether there is such a session. */
  dismiss(id: string, why: string): boolean {
    const key = sessionKeyOf(id);
    if (key === undefined) return false;
    return this.#database.write(() => this.#sql.dismiss.run(key, why)).changes === 1 ||
      guarded(() => this.#sql.exists.get(key)) !== undefined;
  }
}

function statements(database: RuntimeDatabase) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    sessions: prepare(`
      SELECT id, thread, account, address, sessions.since_ms, verb, path, sends, moved_bytes, total_bytes,
        offset_bytes, rate_bytes, transfers.since_ms AS transfer_since_ms
      FROM sessions LEFT JOIN transfers ON session = id ORDER BY sessions.since_ms, id`),
    totals: prepare(`
      SELECT
        (SELECT coalesce(sum(received_bytes), 0) FROM threads)
          + (SELECT coalesce(sum(moved_bytes), 0) FROM transfers WHERE NOT sends) AS received_bytes,
        (SELECT coalesce(sum(sent_bytes), 0) FROM threads)
          + (SELECT coalesce(sum(moved_bytes), 0) FROM transfers WHERE sends) AS sent_bytes`),
    dismiss: prepare(
      "INSERT OR IGNORE INTO dismissals (session, why) SELECT id, ?2 FROM sessions WHERE id = ?1",
    ),
    exists: prepare("SELECT 1 FROM sessions WHERE id = ?"),
  };
}

function textOf(column: unknown): string | undefined {
  return column === null ? undefined : String(column);
}
