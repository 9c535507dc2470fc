// The quota books in SQLite, beside the accounts: shared by all workers and by `ftp user`.
//
// A change of the file system is made within the transaction that books it, so nobody sees the one
// without the other. What a crash can tear apart is put right by doubt: a writer that died, or a
// first one after all had gone, puts the books in doubt, and an account in doubt is counted before
// anything of it is changed.

import { join } from "node:path";
import type {
  AccountBooks,
  Amount,
  Measure,
  QuotaBooks,
  QuotaState,
} from "../storage/quota_books.ts";
import { AccountsDatabase, guarded } from "./accounts_database.ts";
import { BookOwner, buryOwner, ownersIn } from "./book_owner.ts";
import { BookStatements } from "./book_statements.ts";
import { SqliteAccountBooks } from "./sqlite_account_books.ts";

/** The account store's file and the folder of the writers' files; both in HOME/.ftp. */
export interface BooksPlace {
  readonly database: string;
  readonly owners: string;
}

/** The books as one worker or command sees them. */
export class SqliteBooks implements QuotaBooks, Disposable {
  readonly #database: AccountsDatabase;
  readonly #sql: BookStatements;
  readonly #owner: BookOwner | undefined;
  readonly #counting = new Map<string, Promise<Amount>>();
  /** Accounts whose books are wrong and could not even be marked so. */
  readonly #lost = new Set<string>();

  private constructor(database: AccountsDatabase, place: BooksPlace, writes: boolean) {
    this.#database = database;
    this.#sql = new BookStatements(database);
    this.#owner = database.transaction(() => this.#settleDead(place.owners, writes));
  }

  /**
   * Opens the books.
   *
   * @param purpose `serve`: uploads will be held; `look`: states and recounts only.
   * @throws Fault `busy`, `unsupported`, `host-failure`
   */
  static open(place: BooksPlace, purpose: "serve" | "look"): SqliteBooks {
    guarded(() => Deno.mkdirSync(place.owners, { recursive: true, mode: 0o700 }));
    const database = AccountsDatabase.open(place.database);
    try {
      return new SqliteBooks(database, place, purpose === "serve");
    } catch (error) {
      database[Symbol.dispose]();
      throw error;
    }
  }

  of(account: string, measure: Measure): AccountBooks {
    return new SqliteAccountBooks(account, {
      database: this.#database,
      sql: this.#sql,
      owner: this.#owner?.id,
      recount: () => this.#recountOnce(account, measure),
      lose: () => this.#lose(account),
    });
  }

  /** What an account has used as far as the books know, which may be in doubt. */
  lastKnown(account: string): QuotaState | undefined {
    return guarded(() => this.#sql.look(account))?.state;
  }

  /** The same of all accounts that have limits. */
  lastKnownOfAll(): ReadonlyMap<string, Amount> {
    return guarded(() =>
      new Map(
        this.#sql.limited().flatMap((account) => {
          const page = this.#sql.look(account);
          return page === undefined ? [] : [[account, page.state.used] as const];
        }),
      )
    );
  }

  /** Accounts with limits whose books nobody can rely on before they are counted. */
  inDoubt(): string[] {
    return this.#sql.doubtful();
  }

  /** One walk serves all that wait for it. */
  #recountOnce(account: string, measure: Measure): Promise<Amount> {
    let counting = this.#counting.get(account);
    if (counting === undefined) {
      counting = this.#recount(account, measure).finally(() => this.#counting.delete(account));
      this.#counting.set(account, counting);
    }
    return counting;
  }

  async #recount(account: string, measure: Measure): Promise<Amount> {
    // In doubt nobody changes anything, so what the walk sees holds until the doubt is lifted.
    const { doubts, held } = this.#database.transaction(() => this.#sql.raiseDoubt(account));
    const amount = await measure(held);
    this.#database.transaction(() => this.#sql.liftDoubt(account, doubts, amount));
    this.#lost.delete(account);
    return amount;
  }

  #lose(account: string): void {
    this.#lost.add(account);
    this.#database.transaction(() => void this.#sql.raiseDoubt(account));
    this.#lost.delete(account);
  }

  /** Within one transaction: nobody comes or goes meanwhile. */
  #settleDead(owners: string, writes: boolean): BookOwner | undefined {
    const { living, dead } = ownersIn(owners);
    // After a power cut the last transactions may be missing, and files may have come by another
    // way while nobody served: whoever begins alone begins by counting.
    if (dead.length > 0 || (writes && living.length === 0)) this.#sql.forgetAllBut(living);
    for (const id of dead) buryOwner(owners, id);
    return writes ? BookOwner.enter(owners) : undefined;
  }

  [Symbol.dispose](): void {
    const owner = this.#owner;
    try {
      const clean = owner !== undefined && this.#lost.size === 0 && !this.#sql.holdsOf(owner.id);
      this.#database[Symbol.dispose]();
      if (clean) owner.leave();
    } finally {
      owner?.[Symbol.dispose]();
    }
  }
}

/** Where the books are below the server's own folder. */
export function booksPlace(privateDirectory: string): BooksPlace {
  return {
    database: join(privateDirectory, "accounts.db"),
    owners: join(privateDirectory, "books"),
  };
}
