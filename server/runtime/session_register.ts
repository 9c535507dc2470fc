// The sessions of all threads and processes on one data directory, so that limits hold for all together.

import type { StatementSync } from "node:sqlite";
import { guarded } from "../accounts/accounts_database.ts";
import { addressBlock } from "../network.ts";
import { RuntimeDatabase } from "./runtime_database.ts";
import { ThreadLease, type ThreadNames } from "./thread_lease.ts";

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
   * @throws Fault `busy`, `host-failure`, `unsupported` (threads of another version live)
   */
  static open(directory: string, names: ThreadNames): SessionRegister {
    using opened = new DisposableStack();
    const database = opened.use(RuntimeDatabase.open(directory, "serve"));
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
      .map((row) => ({ id: String(row["id"]), why: String(row["why"]) }));
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
    const newcomer = { address, block: addressBlock(address), thread: this.#lease.id };
    for (;;) {
      const id = crypto.randomUUID().slice(0, 8);
      const row = { ...newcomer, ...limits, id, since_ms: Date.now() };
      const { changes } = guarded(() => this.#sql.insert.run(row));
      if (changes === 1) return { ok: true, session: this.#session(id) };
      const limit = this.#reached(newcomer.block, limits);
      // None: the name was taken, or room was made just now.
      if (limit !== undefined && !this.#removedDead()) return { ok: false, limit };
    }
  }

  /** Whether nobody has said this before while any thread lived. */
  isNews(name: string): boolean {
    return guarded(() => this.#sql.notice.run(name)).changes === 1;
  }

  [Symbol.dispose](): void {
    this.#lease[Symbol.dispose]();
    this.#database[Symbol.dispose]();
  }

  #session(id: string): RegisteredSession {
    let told: string | undefined;
    return {
      id,
      belongsTo: (account = undefined, limit = undefined) => {
        if (account === told) return true;
        const row = { id, account: account ?? null, most: limit ?? null };
        const { changes } = guarded(() => this.#sql.setAccount.run(row));
        if (changes === 1) told = account;
        return changes === 1;
      },
      [Symbol.dispose]: () => void guarded(() => this.#sql.remove.run(id)),
    };
  }

  #reached(block: string, limits: SessionLimits): SessionLimit | undefined {
    const found = guarded(() => this.#sql.counts.get({ block })) ?? {};
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
  const ofBlock = "(SELECT count(*) FROM sessions WHERE block = :block)";
  const strangersOfBlock =
    "(SELECT count(*) FROM sessions WHERE block = :block AND account IS NULL)";
  return {
    tally: prepare("SELECT sessions FROM tally"),
    // One statement, so that nobody else gets in between the question and the answer.
    insert: prepare(`
      INSERT OR IGNORE INTO sessions (id, thread, address, block, since_ms)
      SELECT :id, :thread, :address, :block, :since_ms FROM tally
      WHERE sessions < :sessions AND strangers < :strangers
        AND ${ofBlock} < :perAddress AND ${strangersOfBlock} < :strangersPerAddress`),
    counts: prepare(`
      SELECT sessions, strangers, ${ofBlock} AS perAddress,
        ${strangersOfBlock} AS strangersPerAddress FROM tally`),
    // One statement, too: of two logins at once only one gets the last place.
    setAccount: prepare(`
      UPDATE sessions SET account = :account
      WHERE id = :id AND (:account IS NULL OR :most IS NULL
        OR (SELECT count(*) FROM sessions WHERE account = :account) < :most)`),
    dismissals: prepare(`
      SELECT session AS id, why FROM dismissals JOIN sessions ON id = session WHERE thread = ?`),
    remove: prepare("DELETE FROM sessions WHERE id = ?"),
    notice: prepare("INSERT OR IGNORE INTO notices VALUES (?)"),
  };
}
