// What accounts keep and may keep, as books that all workers share: the quota behind an interface.

/** Bytes and files. */
export interface Amount {
  readonly bytes: number;
  readonly files: number;
}

/** Nothing. */
export const NO_AMOUNT: Amount = { bytes: 0, files: 0 };

/** What an account has used of what it may use. */
export interface QuotaState {
  /** Files, unfinished uploads, and what is held for uploads that run. */
  readonly used: Amount;
  /** `undefined` for no limit. */
  readonly limit: { readonly bytes: number | undefined; readonly files: number | undefined };
}

/** Room that is held for an upload while it runs: one file, and bytes as it grows. */
export interface Hold {
  /** Told apart from those of all workers. */
  readonly id: string;
  /** What it writes on the host: a recount leaves that out, since it is held. */
  readonly place: string;
  /** Where it goes on the host: the room of the file it replaces is free for it. */
  readonly target: string;
}

/** A change of the file system, and what it means for the books. */
export interface Booking<T> {
  /** By how much more (or less) is kept afterwards; by default nothing changes. */
  readonly kept?: Amount;
  /** An upload begins: this much of it is there at once, and it will replace that (asked if it matters). */
  readonly opens?: { readonly hold: Hold; readonly bytes: number; replaces(): Amount };
  /** The upload with this hold is over; what became of it is in `kept`. */
  readonly closes?: string;
  /** What was at this host path, and below it, is there no more: nobody replaces it. */
  readonly vanishes?: string;
  /** At this host path there is a file of this size now: no more than that is replaced with it. */
  readonly appears?: { readonly at: string; readonly bytes: number };
  /** What it means is not known: the account is counted again. */
  readonly doubtful?: true;
  /** Is booked beyond the limit too: it is there already. */
  readonly unchecked?: true;
  /** Changes the file system. When it throws, what it changed is found out by a recount. */
  act(): T;
}

/** How an upload grows. */
export interface Growth {
  /** Bytes it must have in all. */
  readonly need: number;
  /** What is there now of the file it replaces. */
  replaces(): Amount;
}

/** The books of one account. */
export interface AccountBooks {
  /** @returns `undefined` for an account without limits. */
  state(): Promise<QuotaState | undefined>;
  /**
   * Makes a change and books it as one step: no other change of this account comes in between. `step`
   * looks at what is there and may be called again.
   *
   * @throws Fault `over-quota`, with nothing changed; what `step` and `act` throw.
   */
  change<T>(step: () => Booking<T>): Promise<T>;
  /**
   * Holds more for an upload.
   *
   * @returns bytes it may have in all, more than needed where there is ample room.
   * @throws Fault `over-quota`
   */
  grow(hold: string, growth: Growth): Promise<number>;
  /** Counts what is there and writes that into the books; changes wait meanwhile. */
  recount(): Promise<Amount>;
}

/** Counts what an account keeps on the host, without the places in `held`. */
export type Measure = (held: ReadonlySet<string>) => Promise<Amount>;

/** The books of all accounts. */
export interface QuotaBooks {
  of(account: string, measure: Measure): AccountBooks;
}

/** Books of accounts that have no limits. */
export const NO_BOOKS: QuotaBooks = {
  of: (_, measure) => ({
    state: () => Promise.resolve(undefined),
    change: (step) => new Promise((resolve) => resolve(step().act())),
    grow: () => Promise.resolve(Infinity),
    recount: () => measure(new Set()),
  }),
};

/** Bytes that still fit; none where no further file does. */
export function roomIn({ used, limit }: QuotaState): number {
  if (limit.files !== undefined && used.files >= limit.files) return 0;
  return Math.max(0, (limit.bytes ?? Infinity) - used.bytes);
}

/** Both together. */
export function sum(one: Amount, other: Amount): Amount {
  return { bytes: one.bytes + other.bytes, files: one.files + other.files };
}

/** What is left of one without the other; may be negative. */
export function difference(one: Amount, other: Amount): Amount {
  return { bytes: one.bytes - other.bytes, files: one.files - other.files };
}
