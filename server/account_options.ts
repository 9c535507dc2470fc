// What `ftp user add` and `set` say about an account, read into a change of it.

import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { parseSize } from "../shared/units.ts";
import { accountRoot, isRootAllowed } from "./account_root.ts";
import { checkAccountDirectory } from "./accounts/account_rules.ts";
import type { AccountChange } from "./accounts/accounts.ts";

/** The flags as commander gives them. */
export interface AccountOptions {
  readonly quota?: string;
  readonly admin?: boolean;
  readonly readOnly?: boolean;
  readonly dir?: string;
  readonly enable?: true;
  readonly disable?: true;
}

/**
 * The fields that flags were given for.
 *
 * @param tried what the person asked for, for the failure.
 * @throws CommandFailure (usage) that names the flag and what is allowed.
 */
export async function readAccountChange(
  tried: string,
  home: string,
  options: AccountOptions,
): Promise<AccountChange> {
  if (options.enable && options.disable) {
    throw new CommandFailure(ExitCode.usage, tried, "--enable and --disable exclude each other");
  }
  return {
    ...(options.quota !== undefined && { quotaBytes: readQuota(tried, options.quota) }),
    ...(options.admin !== undefined && { admin: options.admin }),
    ...(options.readOnly !== undefined && { readOnly: options.readOnly }),
    ...(options.dir !== undefined && { directory: await readDirectory(tried, home, options.dir) }),
    ...((options.enable || options.disable) && { enabled: options.enable === true }),
  };
}

function readQuota(tried: string, text: string): number | undefined {
  if (text === "none") return undefined;
  const size = parseSize(text);
  if (size.ok) return size.value;
  throw new CommandFailure(ExitCode.usage, tried, `--quota "${text}": ${size.why}, or none`);
}

async function readDirectory(tried: string, home: string, text: string): Promise<string> {
  const directory = checkAccountDirectory(text);
  const refused = (why: string) =>
    new CommandFailure(ExitCode.usage, tried, `--dir "${text}": ${why}`);
  if (!directory.ok) throw refused(directory.why);
  const root = accountRoot(home, { directory: directory.value });
  if (!await isRootAllowed(home, root)) throw refused("it would show the server's own folder");
  return directory.value;
}
