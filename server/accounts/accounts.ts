// Who may come in and what they may do, whatever keeps the answer: SQLite here, PostgreSQL for many nodes.

import type { Secret } from "../../shared/secret.ts";

/** Rights of its own for one directory and all that is below it; the deepest one that fits decides. */
export interface Grant {
  /** An absolute virtual path. */
  readonly path: string;
  /** Any of `r` (read files), `w` (change anything), `l` (list); none at all hides the directory. */
  readonly rights: string;
}

/** Another folder of the host that the account sees in its tree. */
export interface Mount {
  /** Where it is seen: an absolute virtual path, not the root. */
  readonly path: string;
  /** A name below HOME, or an absolute host path. */
  readonly directory: string;
  readonly writable: boolean;
}

/** An account, as a session needs it. */
export interface Account {
  /** The login name: what `checkAccountName` accepts. */
  readonly name: string;
  /** The folder that is its root: a name below HOME, or an absolute host path (`--dir`). */
  readonly directory: string;
  readonly readOnly: boolean;
  readonly admin: boolean;
  readonly enabled: boolean;
  /** Bytes it may keep; `undefined` for no limit. */
  readonly quotaBytes: number | undefined;
  /** Files it may keep, those of unfinished uploads too; `undefined` for no limit. */
  readonly maxFiles: number | undefined;
  readonly grants: readonly Grant[];
  readonly mounts: readonly Mount[];
  /** Grows with every change of password or rights: what was proven before is proven no more. */
  readonly revision: number;
}

/** The answer to a login. */
export type Verdict =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly why: "wrong" | "disabled" };

/** What the server asks while it serves. */
export interface Accounts {
  /**
   * Judges a login. An unknown name costs the same time as a wrong password.
   *
   * @param from the peer's address, for the counters of failures.
   */
  verify(name: string, secret: Secret, from: string): Promise<Verdict>;
  /** @returns `undefined` for an unknown name. */
  find(name: string): Promise<Account | undefined>;
}

/** What an administrator asks, on the machine of the data directory; the server may be running. */
export interface AccountAdmin {
  /** @throws Fault `exists`, `bad-name` */
  add(account: NewAccount, secret: Secret): Promise<Account>;
  /** @throws Fault `not-found` */
  setPassword(name: string, secret: Secret): Promise<void>;
  /** @throws Fault `not-found` */
  update(name: string, change: AccountChange): Promise<Account>;
  /** @throws Fault `not-found` */
  remove(name: string): Promise<void>;
  /** All accounts, by name. */
  list(): Promise<Account[]>;
}

/** What a new account is given besides its password; what is left out takes the default. */
export type NewAccount = Pick<Account, "name"> & AccountChange;

/** What can be changed later. */
export type AccountChange = Partial<Omit<Account, "name" | "revision">>;
