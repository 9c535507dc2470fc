// Accounts as `ftp user ls` shows them: a table for people, objects for scripts.

import { approximateRate, approximateSize, formatSize } from "../shared/units.ts";
import type { Account } from "./accounts/accounts.ts";
import { formatLoginHours } from "./accounts/login_terms.ts";
import type { Amount } from "./storage/quota_books.ts";
import { textTable } from "./text_table.ts";

/** What an account uses of its limits; `undefined` where it has none. */
export type UsageOf = (account: string) => Amount | undefined;

/** The table, a line an account. */
export function accountTable(accounts: readonly Account[], usedOf: UsageOf): string {
  const rows = accounts.map((account) => [
    account.name,
    account.enabled ? "enabled" : "disabled",
    [account.admin ? "admin" : "", account.readOnly ? "read-only" : ""].filter(Boolean)
      .join(",") || "-",
    usedShown(usedOf(account.name)),
    account.quotaBytes === undefined ? "none" : formatSize(account.quotaBytes),
    account.directory,
    termsOf(account).join(" ") || "-",
  ]);
  return textTable(["NAME", "STATE", "RIGHTS", "USED", "QUOTA", "FOLDER", "TERMS"], rows);
}

/** Everything about an account, for scripts; `null` stands for no limit. */
export function accountJson(account: Account, used: Amount | undefined) {
  const { name, enabled, admin, readOnly, quotaBytes, directory } = account;
  return {
    name,
    enabled,
    admin,
    readOnly,
    quotaBytes: quotaBytes ?? null,
    usedBytes: used?.bytes ?? null,
    usedFiles: used?.files ?? null,
    directory,
    maxFiles: account.maxFiles ?? null,
    maxSessions: account.maxSessions ?? null,
    uploadRate: account.uploadRate ?? null,
    downloadRate: account.downloadRate ?? null,
    until: account.expiresMs === undefined ? null : timeOf(account.expiresMs),
    networks: account.networks,
    grants: account.grants,
    mounts: account.mounts,
    hours: account.loginHours === undefined ? null : formatLoginHours(account.loginHours),
  };
}

function usedShown(used: Amount | undefined): string {
  return used === undefined ? "-" : `${approximateSize(used.bytes)} in ${used.files}`;
}

/** As the flags that set them are called. */
function termsOf(account: Account): string[] {
  const { maxFiles, maxSessions, uploadRate, downloadRate, expiresMs, networks } = account;
  const terms: string[] = [];
  if (maxFiles !== undefined) terms.push(`files ${maxFiles}`);
  if (maxSessions !== undefined) terms.push(`sessions ${maxSessions}`);
  if (uploadRate !== undefined) terms.push(`up ${approximateRate(uploadRate)}`);
  if (downloadRate !== undefined) terms.push(`down ${approximateRate(downloadRate)}`);
  if (expiresMs !== undefined) terms.push(`until ${timeOf(expiresMs).replace("T00:00:00Z", "")}`);
  if (networks.length > 0) terms.push(`from ${networks.join(",")}`);
  if (account.loginHours !== undefined) terms.push(formatLoginHours(account.loginHours));
  for (const { path, rights } of account.grants) terms.push(`grant ${path}=${rights || "none"}`);
  for (const { path, writable } of account.mounts) {
    terms.push(`mount ${path}:${writable ? "rw" : "ro"}`);
  }
  return terms;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}
