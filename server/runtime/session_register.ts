// The sessions of all threads and processes on one data directory, so that limits hold for all together.

import type { StatementSync } from "node:sqlite";
import { guarded } from "../accounts/accounts_database.ts";
import { addressBlock } from "../network.ts";
import { RuntimeDatabase } from "./runtime_database.ts";
import { newSessionKey, sessionIdOf } from "./session_id.ts";
import { ThreadLease, type ThreadNames } from "./thread_lease.ts";
import type { WriteTurn } from "./write_turn.ts";

/** How many sessions there may be at once. */
export interface SessionLimits {
  readonly sessions: number;
  /** Of one address. */
  readonly perAddress: number;
  /** Before their login. */
  readonly strangers: number;
  /** Of one address before their login. */
  readonly strangersPerAddress: number;
}

/** The limit that left no room. */
export type SessionLimit = keyof SessionLimits;

/** A session's row. Disposing it ends the session for the others; safe to do twice. */
export interface RegisteredSession extends Disposable {
  /** Short, and unique among the sessions that are open. */
  readonly id: string;
  /**
   * Tells whose session it is; `undefined` before the login and after a logout.
   *
   * @param limit how many sessions the account may have; no limit when left out.
   * @returns false where the account has so many already; then nothing is changed.
   */
  belongsTo(account: string | undefined, limit?: number): boolean;
}

/** A session that its thread is to end. */
export interface Dismissal {
  readonly id: string;
  readonly why: string;
}

/** The answer to a newcomer. */
export type Registered =
  | { readonly ok: true; readonly session: RegisteredSession }
  | { readonly ok: false; readonly limit: SessionLimit };

/** Rows of the dead are looked for no more often than this when there is no room. */
const DEAD_PAUSE_MS = 1000;

/** One thread's way to the register. */
export class SessionRegister implements Disposable {
  readonly #database: RuntimeDatabase;
  readonly #lease: ThreadLease;
  readonly #sql: ReturnType<typeof prepareAll>;
  #soughtDeadAtMs = -Infinity;

  private constructor(database: RuntimeDatabase, lease: ThreadLease) {
    this.#database = database;
    this.#lease = lease;
    this.#sql = prepareAll(database);
  }

  /**
   * Joins the register as a thread; what died before is removed from it.
   *
   * @param directory the server's own folder.
   * @param turn shared with the other threads of this process, where there are any.
   * @throws Fault `busy`, `host-failure`, `unsupported` (threads of another version live)
   */
  static open(directory: string, names: ThreadNames, turn?: WriteTurn): SessionRegister {
    using opened = new DisposableStack();
    const database = opened.use(RuntimeDatabase.open(directory, "serve", turn));
    const lease = opened.use(new ThreadLease(database, directory, names));
    const register = new SessionRegister(database, lease);
    opened.move();
    return register;
  }

  /** What else is kept beside the sessions goes there. */
  get database(): RuntimeDatabase {
    return this.#database;
  }

  /** The thread's own row. */
  get thread(): number {
    return this.#lease.id;
  }

  /** Sessions of this thread that somebody wants ended; asked often, so it costs next to nothing. */
  dismissals(): Dismissal[] {
    return guarded(() => this.#sql.dismissals.all(this.#lease.id))
      .map((row) => ({ id: sessionIdOf(Number(row["id"])), why: String(row["why"]) }));
  }

  /** How many sessions there are, in all threads. */
  get count(): number {
    return Number(guarded(() => this.#sql.tally.get())?.["sessions"]);
  }

  /**
   * Takes a newcomer in where every limit leaves room.
   *
   * @throws Fault `busy`, `host-failure`
   */
  admit(address: string, limits: SessionLimits): Registered {
    const block = addressBlock(address);
    const { sessions, strangers, perAddress, strangersPerAddress } = limits;
    const bounds = [sessions, strangers, perAddress, strangersPerAddress];
    for (;;) {
      const key = newSessionKey();
      const row = [key, this.#lease.id, address, block, Date.now()];
      const { changes } = this.#database.write(() => this.#sql.insert.run(...row, ...bounds));
      if (changes === 1) return { ok: true, session: this.#session(key) };
      const limit = this.#reached(block, limits);
      // None: the name was taken, or room was made just now.
      if (limit !== undefined && !this.#removedDead()) return { ok: false, limit };
    }
  }

  /** Whether nobody has said this before while any thread lived. */
  isNews(name: string): boolean {
    return this.#database.write(() => this.#sql.notice.run(name)).changes === 1;
  }

  [Symbol.dispose](): void {
    this.#lease[Symbol.dispose]();
    this.#database[Symbol.dispose]();
  }

  #session(key: number): RegisteredSession {
    let told: string | undefined;
    return {
      id: sessionIdOf(key),
      belongsTo: (account = undefined, limit = undefined) => {
        if (account === told) return true;
        const write = () => this.#sql.setAccount.run(key, account ?? null, limit ?? null);
        const { changes } = this.#database.write(write);
        if (changes === 1) told = account;
        return changes === 1;
      },
      [Symbol.dispose]: () => void this.#database.write(() => this.#sql.remove.run(key)),
    };
  }

  #reached(block: string, limits: SessionLimits): SessionLimit | undefined {
    const found = guarded(() => this.#sql.counts.get(block)) ?? {};
    const names: readonly SessionLimit[] = [
      "sessions",
      "perAddress",
      "strangers",
      "strangersPerAddress",
    ];
    return names.find((name) => Number(found[name]) >= limits[name]);
  }

  #removedDead(): boolean {
    if (performance.now() - this.#soughtDeadAtMs < DEAD_PAUSE_MS) return false;
    this.#soughtDeadAtMs = performance.now();
    return this.#lease.removeDead();
  }
}

function prepareAll(database: RuntimeDatabase) {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  // Numbered, because names are looked up one by one, three times a session.
  const ofBlock = (block: string) => `(SELECT count(*) FROM sessions WHERE block = ${block})`;
  const strangersOfBlock = (block: string) =>
    `(SELECT count(*) FROM sessions WHERE block = ${block} AND account IS NULL)`;
  return {
    tally: prepare("SELECT sessions FROM tally"),
    // One statement, so that nobody else gets in between the question and the answer.
    insert: prepare(`
      INSERT OR IGNORE INTO sessions (id, thread, address, block, since_ms)
      SELECT ?1, ?2, ?3, ?4, ?5 FROM tally
      WHERE sessions < ?6 AND strangers < ?7
        AND ${ofBlock("?4")} < ?8 AND ${strangersOfBlock("?4")} < ?9`),
    counts: prepare(`
      SELECT sessions, strangers, ${ofBlock("?1")} AS perAddress,
        ${strangersOfBlock("?1")} AS strangersPerAddress FROM tally`),
    // One statement, too: of two logins at once only one gets the last place.
    setAccount: prepare(`
      UPDATE sessions SET account = ?2
      WHERE id = ?1 AND (?2 IS NULL OR ?3 IS NULL
        OR (SELECT count(*) FROM sessions WHERE account = ?2) < ?3)`),
    // CROSS: from the dismissals, of which there are few.
    dismissals: prepare(`
      SELECT session AS id, why FROM dismissals CROSS JOIN sessions ON id = session
      WHERE thread = ?`),
    remove: prepare("DELETE FROM sessions WHERE id = ?"),
    notice: prepare("INSERT OR IGNORE INTO notices VALUES (?)"),
  };
}
