// Accounts as `ftp user ls` shows them: a table for people, objects for scripts.

import { approximateRate, formatSize } from "../shared/units.ts";
import type { Account } from "./accounts/accounts.ts";
import { formatLoginHours } from "./accounts/login_terms.ts";
import { textTable } from "./text_table.ts";

/** The table, a line an account. */
export function accountTable(accounts: readonly Account[]): string {
  const rows = accounts.map((account) => [
    account.name,
    account.enabled ? "enabled" : "disabled",
    [account.admin ? "admin" : "", account.readOnly ? "read-only" : ""].filter(Boolean)
      .join(",") || "-",
    account.quotaBytes === undefined ? "none" : formatSize(account.quotaBytes),
    account.directory,
    termsOf(account).join(" ") || "-",
  ]);
  return textTable(["NAME", "STATE", "RIGHTS", "QUOTA", "FOLDER", "TERMS"], rows);
}

/** Everything about an account, for scripts; `null` stands for no limit. */
export function accountJson(account: Account) {
  const { name, enabled, admin, readOnly, quotaBytes, directory } = account;
  return {
    name,
    enabled,
    admin,
    readOnly,
    quotaBytes: quotaBytes ?? null,
    directory,
    maxFiles: account.maxFiles ?? null,
    maxSessions: account.maxSessions ?? null,
    uploadRate: account.uploadRate ?? null,
    downloadRate: account.downloadRate ?? null,
    until: account.expiresMs === undefined ? null : timeOf(account.expiresMs),
    networks: account.networks,
    hours: account.loginHours === undefined ? null : formatLoginHours(account.loginHours),
  };
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
  return terms;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}
