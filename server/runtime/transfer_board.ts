// What the transfers of one thread are doing, told to the others once in a while.

import type { PresentTransfer } from "../../shared/presence.ts";
import type { RuntimeDatabase } from "./runtime_database.ts";
import { sessionKeyOf } from "./session_id.ts";

/** A transfer and whose it is. */
export interface ToldTransfer extends PresentTransfer {
  /** The session's id. */
  readonly session: string;
}

/** How many transfers of an account move in one direction. */
export interface AccountMoves {
  readonly account: string;
  readonly sends: boolean;
  readonly transfers: number;
}

/** Bytes of transfers that are over. */
export interface FinishedBytes {
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** One thread's place on the board. */
export class TransferBoard {
  readonly #database: RuntimeDatabase;
  readonly #thread: number;
  readonly #sql: ReturnType<typeof statements>;
  readonly #shown = new Set<string>();

  constructor(database: RuntimeDatabase, thread: number) {
    this.#database = database;
    this.#thread = thread;
    this.#sql = statements(database);
  }

  /** Replaces what was told before: one transaction, none at all when there is nothing new. */
  tell(transfers: readonly ToldTransfer[], finished: FinishedBytes): void {
    const { receivedBytes, sentBytes } = finished;
    const isIdle = transfers.length === 0 && this.#shown.size === 0;
    if (isIdle && receivedBytes === 0 && sentBytes === 0) return;
    this.#database.transaction(() => {
      const running = new Set(transfers.map(({ session }) => session));
      for (const session of this.#shown) {
        if (!running.has(session)) this.#sql.end.run(keyOf(session));
      }
      for (const each of transfers) this.#sql.show.run(rowOf(each));
      if (receivedBytes + sentBytes > 0) {
        this.#sql.count.run(receivedBytes, sentBytes, this.#thread);
      }
    });
    this.#shown.clear();
    for (const { session } of transfers) this.#shown.add(session);
  }

  /** What moves for accounts, in all threads. */
  moves(): AccountMoves[] {
    return this.#sql.moves.all().map((row) => ({
      account: String(row["account"]),
      sends: row["sends"] === 1,
      transfers: Number(row["transfers"]),
    }));
  }
}

function keyOf(session: string): number {
  const key = sessionKeyOf(session);
  if (key === undefined) throw new Error(`"${session}" is no session's id`);
  return key;
}

function rowOf(transfer: ToldTransfer) {
  const { session, verb, path, sinceMs, movedBytes, totalBytes, offsetBytes } = transfer;
  return {
    session: keyOf(session),
    verb,
    path,
    sends: Number(transfer.sends),
    sinceMs,
    movedBytes,
    totalBytes: totalBytes ?? null,
    offsetBytes,
    rateBytes: Math.round(transfer.rateBytes),
  };
}

function statements(database: RuntimeDatabase) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    // From the sessions, so that one which ended meanwhile leaves nothing.
    show: prepare(`
      INSERT INTO transfers (session, verb, path, sends, since_ms, moved_bytes, total_bytes,
        offset_bytes, rate_bytes)
      SELECT id, :verb, :path, :sends, :sinceMs, :movedBytes, :totalBytes, :offsetBytes, :rateBytes
      FROM sessions WHERE id = :session
      ON CONFLICT DO UPDATE SET verb = :verb, path = :path, sends = :sends, since_ms = :sinceMs,
        moved_bytes = :movedBytes, total_bytes = :totalBytes, offset_bytes = :offsetBytes,
        rate_bytes = :rateBytes`),
    end: prepare("DELETE FROM transfers WHERE session = ?"),
    count: prepare(`
      UPDATE threads SET received_bytes = received_bytes + ?, sent_bytes = sent_bytes + ?
      WHERE id = ?`),
    moves: prepare(`
      SELECT account, sends, count(*) AS transfers FROM transfers JOIN sessions ON id = session
      WHERE account IS NOT NULL GROUP BY account, sends`),
  };
}
