// One account's page of the quota books: changes booked as they are made, room held as uploads grow.

import { Fault } from "../../shared/fault.ts";
import {
  type AccountBooks,
  type Amount,
  type Booking,
  type Growth,
  NO_AMOUNT,
  type QuotaState,
} from "../storage/quota_books.ts";
import { type AccountsDatabase, guarded } from "./accounts_database.ts";
import type { BookStatements, Page } from "./book_statements.ts";

/** Held ahead, where there is room, so that not every write costs a transaction. */
const STEP_BYTES = 1024 * 1024;
/**
 * So much must be left for that: what lies held ahead and unused then never keeps others from the last
 * bytes of the quota, unless this many uploads stand still while it fills up.
 */
const AMPLE_BYTES = 64 * STEP_BYTES;
/** A change that finds the account in doubt so often gives up: somebody recounts without pause. */
const ATTEMPTS = 5;

/** What a page is part of. */
export interface PageWorld {
  readonly database: AccountsDatabase;
  readonly sql: BookStatements;
  /** `undefined` for those who may look only. */
  readonly owner: string | undefined;
  recount(): Promise<Amount>;
  /** The books do not fit what is there any more. */
  lose(): void;
}

/** The books of one account, as one storage of it uses them. */
export class SqliteAccountBooks implements AccountBooks {
  readonly #account: string;
  readonly #world: PageWorld;
  /** The holds these books opened. Others' are not asked for: every upload is grown and closed here. */
  readonly #holds = new Set<string>();

  constructor(account: string, world: PageWorld) {
    this.#account = account;
    this.#world = world;
  }

  state(): Promise<QuotaState | undefined> {
    return this.#certain((page) => ({ done: page?.state }));
  }

  change<T>(step: () => Booking<T>): Promise<T> {
    return this.#certain((page) => {
      if (page === undefined) return { done: this.#changeUnlimited(step()) };
      let acts = false;
      try {
        return this.#transaction((now) => {
          const booking = step();
          const known = this.#book(now, booking);
          acts = true;
          const done = booking.act();
          if (booking.opens !== undefined) this.#holds.add(booking.opens.hold.id);
          if (booking.closes !== undefined) this.#holds.delete(booking.closes);
          // Unknown holds began while there was no limit: what was written was nobody's business.
          if (!known || booking.doubtful) this.#world.sql.raiseDoubt(this.#account);
          return done;
        });
      } catch (error) {
        // It may have changed half of what it meant to, or all of it and then the books failed.
        if (acts) this.#world.lose();
        throw error;
      }
    });
  }

  grow(hold: string, growth: Growth): Promise<number> {
    // It began while there was no limit.
    if (!this.#holds.has(hold)) return Promise.resolve(Infinity);
    return this.#certain((page) => {
      if (page === undefined) return { done: Infinity };
      return this.#transaction((now) => this.#hold(now, hold, growth));
    });
  }

  recount(): Promise<Amount> {
    return this.#world.recount();
  }

  #changeUnlimited<T>({ closes, act }: Booking<T>): T {
    // A hold from before the limit was lifted.
    if (closes !== undefined && this.#holds.delete(closes)) this.#world.sql.close(closes);
    return act();
  }

  /** Books everything before it is made: what cannot be booked is not made. @returns see `book` */
  #book(before: Page, booking: Booking<unknown>): boolean {
    const { sql, owner } = this.#world;
    if (owner === undefined) throw new Error("these books were opened to look at");
    const known = sql.book(this.#account, owner, booking);
    const after = sql.look(this.#account);
    if (known && !booking.unchecked && after !== undefined) {
      requireWithin(before.state, after.state, booking.kept);
    }
    return known;
  }

  #hold({ state }: Page, id: string, { need, replaces }: Growth): number {
    const { sql } = this.#world;
    const held = sql.held(id);
    if (held === undefined) return Infinity; // it began while there was no limit
    const taken = sql.isCredited(this.#account, held.target, id);
    const credit = taken ? NO_AMOUNT : replaces();
    const others = state.used.bytes - held.bytes + held.credit.bytes;
    const room = (state.limit.bytes ?? Infinity) - others + credit.bytes;
    if (need > room) throw new Fault("over-quota");
    const granted = room - need >= AMPLE_BYTES ? need + STEP_BYTES : need;
    sql.hold(id, granted, credit);
    return granted;
  }

  /**
   * Runs `work` unless the account is in doubt, or has no limits any more: then it is tried again. What
   * `work` throws undoes the transaction and comes out as it is, an error of the host too.
   */
  #transaction<T>(work: (now: Page) => T): Certain<T> {
    let failure: { readonly error: unknown } | undefined;
    try {
      return this.#world.database.transaction(() => {
        const now = this.#world.sql.look(this.#account);
        if (now === undefined || now.inDoubt) return "in doubt";
        try {
          return { done: work(now) };
        } catch (error) {
          failure = { error };
          throw error;
        }
      });
    } catch (error) {
      throw failure === undefined ? error : failure.error;
    }
  }

  /** Runs `work` with the page, `undefined` where there are no limits; counts first when in doubt. */
  async #certain<T>(work: (page: Page | undefined) => Certain<T>): Promise<T> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const page = guarded(() => this.#world.sql.look(this.#account));
      const outcome = page?.inDoubt ? "in doubt" : work(page);
      if (outcome !== "in doubt") return outcome.done;
      await this.#world.recount();
    }
    throw new Fault("busy");
  }
}

type Certain<T> = { readonly done: T } | "in doubt";

/** A change may not lead beyond a limit, nor keep more while the account is beyond it. */
function requireWithin(before: QuotaState, after: QuotaState, kept = NO_AMOUNT): void {
  for (const unit of ["bytes", "files"] as const) {
    const limit = after.limit[unit] ?? Infinity;
    const used = after.used[unit];
    if (used > limit && (used > before.used[unit] || kept[unit] > 0)) throw new Fault("over-quota");
  }
}
