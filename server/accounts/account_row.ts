// An account as a row of SQLite's table: each field with its column, and how a value is kept there.

import { Fault } from "../../shared/fault.ts";
import { checkAccountDirectory } from "./account_rules.ts";
import type { Account } from "./accounts.ts";

/** A row as `node:sqlite` gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** What a column can be given. */
type Value = string | number | null;

interface Column<T> {
  readonly name: string;
  keep(value: T): Value;
  read(kept: unknown): T;
}

const text = (name: string): Column<string> => ({ name, keep: (value) => value, read: String });
const number = (name: string): Column<number> => ({ name, keep: (value) => value, read: Number });
const flag = (name: string): Column<boolean> => ({
  name,
  keep: Number,
  read: (kept) => kept === 1,
});
const limit = (name: string): Column<number | undefined> => ({
  name,
  keep: (value) => value ?? null,
  read: (kept) => kept === null ? undefined : Number(kept),
});
const json = <T>(name: string): Column<T> => ({
  name,
  keep: (value) => value === undefined ? null : JSON.stringify(value),
  // What is in there was an account's field when it was written.
  read: (kept) => kept === null ? undefined as T : JSON.parse(String(kept)),
});

const COLUMNS: { readonly [K in keyof Account]: Column<Account[K]> } = {
  name: text("name"),
  directory: text("directory"),
  readOnly: flag("read_only"),
  admin: flag("admin"),
  enabled: flag("enabled"),
  quotaBytes: limit("quota_bytes"),
  maxFiles: limit("max_files"),
  grants: json("grants"),
  mounts: json("mounts"),
  uploadRate: limit("upload_rate"),
  downloadRate: limit("download_rate"),
  maxSessions: limit("max_sessions"),
  expiresMs: limit("expires_ms"),
  networks: json("networks"),
  loginHours: json("login_hours"),
  revision: number("revision"),
  loginRevision: number("login_revision"),
};

const FIELDS = Object.entries(COLUMNS) as [keyof Account, Column<unknown>][];

/** The names of the columns that make an account. */
export const ACCOUNT_COLUMNS: readonly string[] = FIELDS.map(([, column]) => column.name);

/** The account that the row holds. */
export function accountOf(row: Row): Account {
  const fields = FIELDS.map(([field, { name, read }]) => [field, read(row[name])]);
  // Every field of an account has its column above.
  return Object.fromEntries(fields) as unknown as Account;
}

/** What the row of this account holds, by column. @throws Fault `bad-name` for an impossible folder */
export function rowOf(account: Account): Record<string, Value> {
  if (!checkAccountDirectory(account.directory).ok) {
    throw new Fault("bad-name", { about: account.directory });
  }
  return Object.fromEntries(FIELDS.map(([field, { name, keep }]) => [name, keep(account[field])]));
}
