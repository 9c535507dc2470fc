// What the server does for itself, at its start and every hour: counting accounts in doubt, sweeping.

import { pause } from "../shared/deadline.ts";
import type { Log, LogFields } from "../shared/log.ts";
import { accountRoot } from "./account_root.ts";
import { SqliteAccounts } from "./accounts/sqlite_accounts.ts";
import { booksPlace, SqliteBooks } from "./accounts/sqlite_books.ts";
import { accountsFile, privateDirectory } from "./data_directory.ts";
import { openDiskBooks } from "./storage/disk_books.ts";
import { KEPT_REMOVED_MS, sweepRemovedHomes } from "./removed_homes.ts";
import { type AccountBooks, NO_BOOKS } from "./storage/quota_books.ts";
import { KEPT_UNFINISHED_MS, sweepUnfinished } from "./storage/upload_sweep.ts";

const HOUR_MS = 3_600_000;

/** One thing to do; it returns early when the signal fires. */
export interface Chore {
  readonly name: string;
  /** @returns what it did, for the log; nothing when there was nothing to do. */
  run(signal: AbortSignal): Promise<Readonly<Record<string, number>> | undefined>;
}

/** The server's chores while it runs. */
export class Housekeeping implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  /** Begins at once, and again after every pause. */
  constructor(chores: readonly Chore[], log: Log, pauseMs = HOUR_MS) {
    this.#done = keepHouse(chores, log, pauseMs, this.#stop.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }
}

async function keepHouse(
  chores: readonly Chore[],
  log: Log,
  pauseMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const { name, run } of chores) {
      if (signal.aborted) return;
      try {
        const did = await run(signal);
        if (did !== undefined) log.write("info", name, did);
      } catch (error) {
        if (!signal.aborted) log.write("error", name, { why: String(error) });
      }
    }
    await pause(pauseMs, signal);
  }
}

/** The books, uploads and set-aside homes of all accounts below a data directory, cared for. */
export class StorageCare implements Disposable {
  readonly #home: string;
  readonly #accounts: SqliteAccounts;
  readonly #books: SqliteBooks;
  readonly #log: Log;
  /** What could not be removed, and was told of: every hour again would fill the log. */
  readonly #stuck = new Set<string>();
  readonly chores: readonly Chore[] = [
    { name: "accounts counted", run: (signal) => this.#count(signal) },
    { name: "unfinished uploads swept", run: (signal) => this.#sweep(signal) },
    { name: "homes of removed accounts deleted", run: () => this.#deleteHomes() },
  ];

  private constructor(home: string, log: Log, accounts: SqliteAccounts, books: SqliteBooks) {
    this.#home = home;
    this.#log = log;
    this.#accounts = accounts;
    this.#books = books;
  }

  /** Opens them for as long as the server runs, before anybody else does. */
  static open(home: string, log: Log): StorageCare {
    using opened = new DisposableStack();
    const accounts = opened.use(SqliteAccounts.open(accountsFile(home)));
    const books = opened.use(SqliteBooks.open(booksPlace(privateDirectory(home)), "serve"));
    opened.move();
    return new StorageCare(home, log, accounts, books);
  }

  [Symbol.dispose](): void {
    this.#books[Symbol.dispose]();
    this.#accounts[Symbol.dispose]();
  }

  /** Whoever logs in first would have to wait for it. */
  async #count(signal: AbortSignal) {
    const names = this.#books.inDoubt();
    for (const name of names) await (await this.#booksOf(name, signal)).recount();
    return names.length === 0 ? undefined : { accounts: names.length };
  }

  async #sweep(signal: AbortSignal) {
    const removed = await sweepUnfinished(this.#home, KEPT_UNFINISHED_MS, Date.now(), {
      booksOf: (account) => this.#booksOf(account, signal),
      onFailure: (account, error) => this.#tellStuck({ account, what: "unfinished upload" }, error),
    });
    return removed === 0 ? undefined : { removed };
  }

  async #deleteHomes() {
    const deleted = await sweepRemovedHomes(this.#home, {
      olderThanMs: KEPT_REMOVED_MS,
      nowMs: Date.now(),
      onFailure: (name, error) => this.#tellStuck({ what: "home", name }, error),
    });
    return deleted === 0 ? undefined : { deleted };
  }

  #tellStuck(what: LogFields, error: unknown): void {
    const key = JSON.stringify(what);
    if (this.#stuck.has(key)) return;
    this.#stuck.add(key);
    this.#log.write("warn", "cannot be removed", { ...what, why: String(error) });
  }

  async #booksOf(name: string, signal: AbortSignal): Promise<AccountBooks> {
    const account = await this.#accounts.find(name);
    const books = account === undefined ? NO_BOOKS : this.#books;
    const root = accountRoot(this.#home, account ?? { directory: name });
    return openDiskBooks({ root, home: this.#home, account: name, books, signal });
  }
}
