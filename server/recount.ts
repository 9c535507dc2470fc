// `ftp user recount`: counts what accounts keep and puts that into the books, the server running or not.

import type { CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { approximateSize } from "../shared/units.ts";
import { accountRoot } from "./account_root.ts";
import { openAccounts, withNamedFaults } from "./account_store.ts";
import { booksPlace, SqliteBooks } from "./accounts/sqlite_books.ts";
import { privateDirectory } from "./data_directory.ts";
import { openDiskBooks } from "./storage/disk_books.ts";

/**
 * Counts one account, or all that have limits; a line each.
 *
 * @param home absolute path of the data directory.
 * @throws CommandFailure where there is no such account, or its files cannot be read
 */
export async function recount(
  world: CommandWorld,
  home: string,
  name: string | undefined,
): Promise<void> {
  using accounts = openAccounts(home);
  using books = SqliteBooks.open(booksPlace(privateDirectory(home)), "look");
  const all = await accounts.list();
  const found = name === undefined
    ? all.filter(({ quotaBytes, maxFiles }) => quotaBytes !== undefined || maxFiles !== undefined)
    : all.filter((account) => account.name === name.normalize("NFC"));
  if (name !== undefined && found.length === 0) {
    throw new CommandFailure(
      ExitCode.notThere,
      `user recount "${name}"`,
      "there is no such account",
      { hint: "ftp user ls lists them" },
    );
  }
  for (const account of found) {
    const root = accountRoot(home, account);
    const { bytes, files } = await withNamedFaults(
      `user recount "${account.name}"`,
      () => openDiskBooks({ root, home, account: account.name, books }).recount(),
    );
    world.stdout.print(`${account.name}: ${approximateSize(bytes)} in ${files} files\n`);
  }
}
