// What `ftp user add` and `set` say about an account, read into a change of it.

import type { Command } from "commander";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";
import { parseRate, parseSize } from "../shared/units.ts";
import { accountRoot, isRootAllowed } from "./account_root.ts";
import { checkAccountDirectory } from "./accounts/account_rules.ts";
import type { AccountChange, Mount } from "./accounts/accounts.ts";
import { parseLoginHours } from "./accounts/login_terms.ts";
import { parseEach, parseGrant, parseMount } from "./grant_options.ts";
import { formatNetwork, parseNetwork } from "./network.ts";

/** The flags as commander gives them. */
export interface AccountOptions {
  readonly quota?: string;
  readonly maxFiles?: string;
  readonly maxSessions?: string;
  readonly rateUp?: string;
  readonly rateDown?: string;
  readonly until?: string;
  readonly hours?: string;
  readonly from?: string;
  readonly grant?: readonly string[];
  readonly mount?: readonly string[];
  readonly admin?: boolean;
  readonly readOnly?: boolean;
  readonly dir?: string;
  readonly enable?: true;
  readonly disable?: true;
}

/** Adds the flags that make up {@linkcode AccountOptions}, but for those that only `set` has. */
export function addAccountOptions(command: Command): Command {
  return command
    .option("--quota <SIZE>", "bytes it may keep, like 10M or 1.5G, or none")
    .option("--max-files <N>", "files it may keep, or none")
    .option("--max-sessions <N>", "sessions at once, or none")
    .option("--rate-up <RATE>", "bytes a second all its sessions may send, like 1M, or none")
    .option("--rate-down <RATE>", "bytes a second all its sessions may fetch, or none")
    .option("--until <DATE>", "no login from then on, like 2030-01-31 (its start, UTC), or none")
    .option("--hours <TIMES>", "time of day of logins by this machine's clock, or none")
    .option("--from <NETWORKS>", "where it may log in from, like 10.0.0.0/8,192.0.2.7, or all")
    .option(
      "--grant <PATH=RIGHTS>",
      "own rights for a directory: letters of rwl, or none; again for more; none for no grants",
      collected,
    )
    .option(
      "--mount <PATH=FOLDER>",
      "another folder in its tree, :ro or :rw; again for more; none for no mounts",
      collected,
    )
    .option("--admin", "an administrator")
    .option("--read-only", "may not change anything")
    .option("--dir <DIR>", "its root: a folder below HOME, or an absolute path");
}

/**
 * The fields that flags were given for.
 *
 * @param tried what the person asked for, for the failure.
 * @throws CommandFailure (usage) that names the flag and what is allowed.
 */
export function readAccountChange(
  tried: string,
  home: string,
  options: AccountOptions,
): AccountChange {
  if (options.enable && options.disable) {
    throw new CommandFailure(ExitCode.usage, tried, "--enable and --disable exclude each other");
  }
  const limit = (flag: string, text: string, parse: (text: string) => Parsed<number>) =>
    text === "none" ? undefined : valueOf(tried, flag, text, parse, ", or none");
  const { quota, maxFiles, maxSessions, rateUp, rateDown, until, hours, from } = options;
  return {
    ...(quota !== undefined && { quotaBytes: limit("--quota", quota, parseSize) }),
    ...(maxFiles !== undefined && { maxFiles: limit("--max-files", maxFiles, parseCount) }),
    ...(maxSessions !== undefined &&
      { maxSessions: limit("--max-sessions", maxSessions, parseCount) }),
    ...(rateUp !== undefined && { uploadRate: limit("--rate-up", rateUp, parseRate) }),
    ...(rateDown !== undefined && { downloadRate: limit("--rate-down", rateDown, parseRate) }),
    ...(until !== undefined && { expiresMs: limit("--until", until, parseDate) }),
    ...(hours !== undefined && {
      loginHours: hours === "none"
        ? undefined
        : valueOf(tried, "--hours", hours, parseLoginHours, ", or none"),
    }),
    ...(from !== undefined && { networks: readNetworks(tried, from) }),
    ...(options.grant !== undefined && {
      grants: listOf(tried, "--grant", options.grant, parseGrant),
    }),
    ...(options.mount !== undefined && {
      mounts: readMounts(tried, home, options.mount),
    }),
    ...(options.admin !== undefined && { admin: options.admin }),
    ...(options.readOnly !== undefined && { readOnly: options.readOnly }),
    ...(options.dir !== undefined && { directory: readDirectory(tried, home, options.dir) }),
    ...((options.enable || options.disable) && { enabled: options.enable === true }),
  };
}

/** The flag's value. @throws CommandFailure (usage) that says what is allowed */
function valueOf<T>(
  tried: string,
  flag: string,
  text: string,
  parse: (text: string) => Parsed<T>,
  alternative = "",
): T {
  const read = parse(text);
  if (read.ok) return read.value;
  throw new CommandFailure(ExitCode.usage, tried, `${flag} "${text}": ${read.why}${alternative}`);
}

/** A whole number from 0. */
function parseCount(text: string): Parsed<number> {
  return /^\d{1,9}$/.test(text) ? parsed(Number(text)) : unparsed("a whole number is expected");
}

/** A day, or a moment of it with its offset; milliseconds since 1970. */
function parseDate(text: string): Parsed<number> {
  const isDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const ms = isDate ? Date.parse(text) : NaN;
  return Number.isNaN(ms)
    ? unparsed("a date is like 2030-01-31 or 2030-01-31T18:00+01:00")
    : parsed(ms);
}

function readNetworks(tried: string, text: string): string[] {
  if (text === "all") return [];
  return text.split(",").map((each) =>
    formatNetwork(valueOf(tried, "--from", each.trim(), parseNetwork, ", or all"))
  );
}

function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function listOf<T extends { readonly path: string }>(
  tried: string,
  flag: string,
  texts: readonly string[],
  parse: (text: string) => Parsed<T>,
): readonly T[] {
  const read = parseEach(texts, parse);
  if (read.ok) return read.value;
  throw new CommandFailure(ExitCode.usage, tried, `${flag} ${read.why}`);
}

function readMounts(
  tried: string,
  home: string,
  texts: readonly string[],
): readonly Mount[] {
  const mounts = listOf(tried, "--mount", texts, parseMount);
  for (const { directory } of mounts) {
    if (isRootAllowed(home, accountRoot(home, { directory }))) continue;
    const why = "it would show the server's own folder";
    throw new CommandFailure(ExitCode.usage, tried, `--mount "${directory}": ${why}`);
  }
  return mounts;
}

function readDirectory(tried: string, home: string, text: string): string {
  const directory = valueOf(tried, "--dir", text, checkAccountDirectory);
  if (isRootAllowed(home, accountRoot(home, { directory }))) return directory;
  const happened = `--dir "${text}": it would show the server's own folder`;
  throw new CommandFailure(ExitCode.usage, tried, happened);
}
