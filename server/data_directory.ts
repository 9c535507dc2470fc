// The data directory's layout: HOME/<user> for the accounts, HOME/.ftp for the server alone.

import { join, resolve } from "node:path";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { hostReason } from "../shared/host_reason.ts";

/** Where HOME is unless somebody says otherwise. */
export const STANDARD_HOME = "./home";
/** The variable that says otherwise, where no argument does. */
export const HOME_VARIABLE = "FTP_SERVE_HOME";

/** The anonymous logins' folder below HOME. */
export const ANONYMOUS_DIRECTORY = "pub";

/** The server's own folder, reachable by no session. */
export function privateDirectory(home: string): string {
  return join(home, ".ftp");
}

/** The account store's file. */
export function accountsFile(home: string): string {
  return join(privateDirectory(home), "accounts.db");
}

/** The digests of files that were asked for, kept over restarts. */
export function digestsFile(home: string): string {
  return join(privateDirectory(home), "digests.db");
}

/** The settings file that is read when no other was named. */
export function standardSettingsFile(home: string): string {
  return join(home, "ftp.ini");
}

/**
 * Makes what is missing of the data directory.
 *
 * @returns its absolute path.
 * @throws CommandFailure where it cannot be made.
 */
export async function prepareDataDirectory(home: string): Promise<string> {
  const path = resolve(home);
  try {
    await Deno.mkdir(path, { recursive: true });
    await Deno.mkdir(privateDirectory(path), { recursive: true, mode: 0o700 });
    // SECURITY: password hashes and the private key live here, whatever mode it was made with before.
    if (Deno.build.os !== "windows") await Deno.chmod(privateDirectory(path), 0o700);
    return path;
  } catch (error) {
    throw unusable(home, error);
  }
}

/** Makes the anonymous logins' folder where it is missing. @throws CommandFailure where it cannot be made. */
export async function prepareAnonymousDirectory(home: string): Promise<void> {
  const path = join(home, ANONYMOUS_DIRECTORY);
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (error) {
    throw unusable(path, error);
  }
}

/** As {@linkcode prepareDataDirectory}, but of a directory that exists: nobody meant to make one. */
export async function requireDataDirectory(home: string): Promise<string> {
  const path = resolve(home);
  try {
    if (!(await Deno.stat(path)).isDirectory) throw new Deno.errors.NotADirectory();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new CommandFailure(ExitCode.notThere, `data directory "${home}"`, "it does not exist", {
        hint: "--home HOME names the directory; ftp serve and ftp user add make it",
      });
    }
    throw unusable(home, error);
  }
  return await prepareDataDirectory(path);
}

function unusable(home: string, error: unknown): CommandFailure {
  const denied = error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotCapable;
  return new CommandFailure(
    denied ? ExitCode.notAllowed : ExitCode.failed,
    `data directory "${home}"`,
    hostReason(error),
    { cause: error },
  );
}
