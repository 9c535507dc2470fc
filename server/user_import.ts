// `ftp user import`: accounts from the INI files of older servers, which kept passwords in clear.

import type { CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { isFault } from "../shared/fault.ts";
import { hostReason } from "../shared/host_reason.ts";
import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";
import { readSmallFile, UnfitFile } from "../shared/small_file.ts";
import { formatSize, parseSize } from "../shared/units.ts";
import { checkAccountName, checkPassword } from "./accounts/account_rules.ts";
import type { AccountAdmin } from "./accounts/accounts.ts";

/** A section of the file. */
export interface OldAccount {
  readonly name: string;
  /** Of its section's head, counted from 1. */
  readonly line: number;
  readonly password: string | undefined;
  /** As it stands there: a number of MB. */
  readonly quota: string | undefined;
}

/** What such a file says, and its lines that say nothing we know. */
export interface OldAccounts {
  readonly accounts: readonly OldAccount[];
  readonly unread: readonly { readonly line: number; readonly why: string }[];
}

/** A file of passwords is read whole; one of 16 MB is some other file. */
const LIMIT_BYTES = 16 << 20;

/**
 * Reads sections that are names, with `Password` and `Quotation` or `Quota`. A value is the rest of its
 * line: passwords hold `;`, `#` and quotes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseOldAccounts } from "./user_import.ts";
 * assert.deepEqual(parseOldAccounts("[ann]\nPassword = a;b\nQuotation=10\n").accounts, [
 *   { name: "ann", line: 1, password: "a;b", quota: "10" },
 * ]);
 * ```
 */
export function parseOldAccounts(text: string): OldAccounts {
  const accounts: { name: string; line: number; password?: string; quota?: string }[] = [];
  const unread: { line: number; why: string }[] = [];
  for (const [index, raw] of text.replace(/^\uFEFF/, "").split(/\r?\n/).entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (content === "" || content.startsWith(";") || content.startsWith("#")) continue;
    const name = /^\[(.*)\]$/.exec(content)?.[1];
    if (name !== undefined) {
      accounts.push({ name: name.trim(), line });
      continue;
    }
    const [, key = "", value = ""] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(content) ?? [];
    const account = accounts.at(-1);
    if (account === undefined) unread.push({ line, why: "it stands before any [name]" });
    else if (/^password$/i.test(key)) account.password = value;
    else if (/^(quotation|quota)$/i.test(key)) account.quota = value;
    else unread.push({ line, why: key === "" ? "no key = value" : `unknown key "${key}"` });
  }
  return {
    accounts: accounts.map(({ name, line, password, quota }) => ({ name, line, password, quota })),
    unread,
  };
}

/** Adds the accounts of a file, and tells the fate of each. @throws CommandFailure */
export async function importAccounts(
  world: CommandWorld,
  accounts: AccountAdmin,
  file: string,
): Promise<void> {
  const { accounts: found, unread } = parseOldAccounts(await readFile(file));
  const where = (line: number) => `${file} line ${line}`;
  let added = 0;
  for (const account of found) {
    const outcome = await addOld(accounts, account);
    if (outcome.ok) {
      added++;
      world.stdout.print(`${where(account.line)}: added "${account.name}"${outcome.value}\n`);
    } else {
      const tried = `${where(account.line)}: "${account.name}"`;
      world.report(new CommandFailure(ExitCode.failed, tried, outcome.why));
    }
  }
  for (const { line, why } of unread) world.stdout.print(`${where(line)}: left out, ${why}\n`);
  const rest = found.length - added;
  world.stderr.print(`added ${added}${rest === 0 ? "" : `, not added ${rest}`}\n`);
  if (added > 0) world.stderr.print(`${file} holds passwords in clear: remove it\n`);
}

async function addOld(accounts: AccountAdmin, old: OldAccount): Promise<Parsed<string>> {
  const name = checkAccountName(old.name);
  if (!name.ok) return name;
  if (old.password === undefined) return unparsed("it has no password");
  const password = checkPassword(old.password);
  if (!password.ok) return password;
  const quota = old.quota === undefined ? parsed(undefined) : parseMegabytes(old.quota);
  if (!quota.ok) return quota;
  try {
    await accounts.add({ name: name.value, quotaBytes: quota.value }, password.value);
    return parsed(quota.value === undefined ? "" : `, quota ${formatSize(quota.value)}`);
  } catch (error) {
    if (!isFault(error, "exists")) throw error;
    return unparsed("there is an account that is called so, or nearly so");
  }
}

function parseMegabytes(text: string): Parsed<number> {
  const size = parseSize(/^[\d.]+$/.test(text) ? `${text}M` : text);
  return size.ok ? size : unparsed(`its quota "${text}" is no number of MB`);
}

async function readFile(file: string): Promise<string> {
  try {
    return await readSmallFile(file, LIMIT_BYTES);
  } catch (error) {
    const missing = error instanceof Deno.errors.NotFound;
    const unfit = error instanceof UnfitFile;
    throw new CommandFailure(
      missing ? ExitCode.notThere : unfit ? ExitCode.usage : ExitCode.failed,
      `user import "${file}"`,
      hostReason(error),
      { cause: error },
    );
  }
}
