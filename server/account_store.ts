// Opens the account store for a command, and tells its faults as failures of the command.

import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { type Fault, type FaultKind, isFault } from "../shared/fault.ts";
import { SqliteAccounts } from "./accounts/sqlite_accounts.ts";
import { accountsFile } from "./data_directory.ts";

/**
 * The account store below the data directory; made when missing.
 *
 * @throws CommandFailure that names the file.
 */
export function openAccounts(home: string): SqliteAccounts {
  const path = accountsFile(home);
  try {
    return SqliteAccounts.open(path);
  } catch (error) {
    if (isFault(error)) throw failureOf(`account store "${path}"`, error);
    throw error;
  }
}

/** Runs `work`; a fault becomes a failure of what was tried. */
export async function withNamedFaults<T>(tried: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isFault(error)) throw failureOf(tried, error);
    throw error;
  }
}

const HAPPENED: Partial<Record<FaultKind, readonly [ExitCode, string]>> = {
  "exists": [ExitCode.failed, "there is an account that is called so, or nearly so"],
  "not-found": [ExitCode.notThere, "there is no such account"],
  "bad-name": [ExitCode.usage, "that name cannot be used"],
  "busy": [ExitCode.failed, "another program holds the account store locked"],
  "unsupported": [ExitCode.failed, "a newer version of this program made it"],
};

function failureOf(tried: string, fault: Fault): CommandFailure {
  const cause = fault.cause instanceof Error ? fault.cause.message : fault.message;
  const [exitCode, happened] = HAPPENED[fault.kind] ?? [ExitCode.failed, cause];
  return new CommandFailure(exitCode, tried, happened, { cause: fault });
}
