// Who may come in and what they may do, whatever keeps the answer: SQLite here, PostgreSQL for many nodes.

import type { Secret } from "../../shared/secret.ts";
import type { Invite, InviteTerms } from "./invites.ts";
import type { LoginHours, TermsRefusal } from "./login_terms.ts";

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
  /** Bytes a second that all its sessions together may send here; `undefined` for no limit. */
  readonly uploadRate: number | undefined;
  /** Bytes a second that all its sessions together may fetch; `undefined` for no limit. */
  readonly downloadRate: number | undefined;
  /** Sessions at once; `undefined` for no limit of its own. */
  readonly maxSessions: number | undefined;
  /** From then on nobody logs in with it, milliseconds since 1970; `undefined` for never. */
  readonly expiresMs: number | undefined;
  /** Where it may log in from, as `parseNetwork` reads them; none for everywhere. */
  readonly networks: readonly string[];
  /** When it may log in; sessions that are there then stay. */
  readonly loginHours: LoginHours | undefined;
  /** Grows with every change of password or rights: what was proven before is proven no more. */
  readonly revision: number;
  /** The revision of the last change that ends its sessions: its password, its rights, where it may be. */
  readonly loginRevision: number;
}

/** The answer to a login. */
export type Verdict =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly why: "wrong" | TermsRefusal };

/** What the server asks while it serves. */
export interface Accounts {
  /**
   * Judges a login. An unknown name costs the same time as a wrong password.
   *
   * @param from the peer's address: some accounts may not come from everywhere; `undefined` for this
   * machine itself, which no address alone tells from what a proxy here stands before.
   */
  verify(name: string, secret: Secret, from: string | undefined): Promise<Verdict>;
  /**
   * The same at once, where this very password was proven for this very account a moment ago.
   *
   * @returns `undefined` where nothing is known: `verify` has to judge.
   */
  recognise(name: string, secret: Secret, from: string | undefined): Verdict | undefined;
  /** @returns `undefined` for an unknown name. */
  find(name: string): Promise<Account | undefined>;
  /** A number that grows with every change of any account: asked often, so it costs next to nothing. */
  lastChange(): Promise<number>;
}

/** What an administrator asks, on the machine of the data directory; the server may be running. */
export interface AccountAdmin {
  /**
   * @param invite a code that is used up with it; its quota, where it has one, is the account's.
   * @throws Fault `exists`, `bad-name`, `denied` (no such invite any more)
   */
  add(account: NewAccount, secret: Secret, invite?: Secret): Promise<Account>;
  /** @throws Fault `not-found` */
  setPassword(name: string, secret: Secret): Promise<Account>;
  /** @throws Fault `not-found` */
  update(name: string, change: AccountChange): Promise<Account>;
  /** @throws Fault `not-found` */
  remove(name: string): Promise<void>;
  /** All accounts, by name. */
  list(): Promise<Account[]>;
  /** Looks at an invite without using it. @throws Fault `denied` when there is no such one any more */
  checkInvite(code: Secret): Promise<void>;
  /** Makes an invite; the code is told this once. */
  invite(terms: InviteTerms): Promise<Secret>;
  /** The invites that are good for something still, the next to end first. */
  invites(): Promise<Invite[]>;
  /** Takes an invite back, by its id or its code: nobody registers with it any more. @throws Fault `not-found` */
  withdrawInvite(which: string): Promise<void>;
}

/** What a new account is given besides its password; what is left out takes the default. */
export type NewAccount = Pick<Account, "name"> & AccountChange;

/** What can be changed later. */
export type AccountChange = Partial<Omit<Account, "name" | "revision" | "loginRevision">>;

/** What a new account is given where nobody said otherwise; its folder is called as it is. */
export const STANDARD_ACCOUNT: Omit<
  Account,
  "name" | "directory" | "revision" | "loginRevision"
> = {
  readOnly: false,
  admin: false,
  enabled: true,
  quotaBytes: undefined,
  maxFiles: undefined,
  grants: [],
  mounts: [],
  uploadRate: undefined,
  downloadRate: undefined,
  maxSessions: undefined,
  expiresMs: undefined,
  networks: [],
  loginHours: undefined,
};
