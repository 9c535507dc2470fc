// `ftp user`: accounts, on the server's own machine, straight on the data directory.

import { type Command, Option } from "commander";
import type { CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { accountJson, accountTable, type UsageOf } from "./account_list.ts";
import { type AccountOptions, addAccountOptions, readAccountChange } from "./account_options.ts";
import { accountRoot } from "./account_root.ts";
import { openAccounts, withNamedFaults } from "./account_store.ts";
import { checkAccountName } from "./accounts/account_rules.ts";
import type { AccountAdmin } from "./accounts/accounts.ts";
import { booksPlace, SqliteBooks } from "./accounts/sqlite_books.ts";
import {
  HOME_VARIABLE,
  prepareDataDirectory,
  privateDirectory,
  requireDataDirectory,
  STANDARD_HOME,
} from "./data_directory.ts";
import { chosenPassword, type PasswordOptions } from "./new_password.ts";
import { recount } from "./recount.ts";
import { forgetUploads } from "./removed_homes.ts";
import { listBans, unban } from "./user_bans.ts";
import { importAccounts } from "./user_import.ts";
import { invite, type InviteOptions, listInvites, uninvite } from "./user_invite.ts";

interface HomeOption {
  readonly home: string;
}

type AddOptions = HomeOption & PasswordOptions & AccountOptions;

/** Adds the subcommands. */
export function define(command: Command, world: CommandWorld): void {
  const subcommand = (name: string, summary: string): Command =>
    command.command(name).description(summary)
      .option("--home <HOME>", "the data directory", world.env[HOME_VARIABLE] || STANDARD_HOME);

  addAccountOptions(withPasswordOptions(subcommand("add <NAME>", "makes an account")))
    .action((name: string, options: AddOptions) => add(world, name, options));
  addAccountOptions(withPasswordOptions(subcommand("set <NAME>", "changes an account")))
    .option("--no-admin", "no administrator any more")
    .option("--no-read-only", "may write again")
    .option("--enable", "may log in again")
    .option("--disable", "may not log in until enabled again")
    .action((name: string, options: AddOptions) => set(world, name, options));
  withPasswordOptions(subcommand("passwd <NAME>", "changes an account's password"))
    .action((name: string, options: HomeOption & PasswordOptions) =>
      changePassword(world, name, options)
    );
  subcommand("rm <NAME>", "removes an account; its files stay")
    .action((name: string, options: HomeOption) => remove(world, name, options));
  subcommand(
    "recount [NAME]",
    "counts what accounts with limits keep: after files came another way",
  )
    .action(async (name: string | undefined, options: HomeOption) =>
      recount(world, await requireDataDirectory(options.home), name)
    );
  subcommand("ls", "lists the accounts with what they may and what they use")
    .addOption(
      new Option("--bans", "who may not come for a while, instead").conflicts("invites"),
    )
    .option("--invites", "codes to register with that are good still, instead")
    .option("--json", "one JSON object a line")
    .action((options: HomeOption & ListOptions) => list(world, options));
  subcommand("invite", "makes a code to register with (ftp serve --registration invite)")
    .option("--uses <N>", "how many registrations it is good for", "1")
    .option("--expires <TIME>", "how long, like 12h or 7d", "7d")
    .option("--quota <SIZE>", "quota of the accounts made with it")
    .action((options: HomeOption & InviteOptions) => invite(world, options));
  subcommand("uninvite [WHICH]", "takes back an invite, by its id or its code")
    .option("--all", "all of them")
    .action(async (which: string | undefined, options: HomeOption & { all?: true }) =>
      uninvite(world, await requireDataDirectory(options.home), which, options.all ?? false)
    );
  subcommand("import <FILE>", "adds accounts from an INI file of an older server")
    .action(async (file: string, { home }: HomeOption) => {
      using accounts = openAccounts(await prepareDataDirectory(home));
      await importAccounts(world, accounts, file);
    });
  subcommand("unban [WHO]", "lifts the bans of an address or a name")
    .option("--all", "all of them")
    .action(async (who: string | undefined, options: HomeOption & { all?: true }) =>
      unban(world, await requireDataDirectory(options.home), who, options.all ?? false)
    );
}

interface ListOptions {
  readonly bans?: true;
  readonly invites?: true;
  readonly json?: true;
}

function withPasswordOptions(command: Command): Command {
  return command
    .option("--password-stdin", "the password is the first line of standard input")
    .option("--generate", "makes a password and prints it, once");
}

async function add(world: CommandWorld, name: string, options: AddOptions): Promise<void> {
  const tried = `user add "${name}"`;
  const checked = checkAccountName(name);
  if (!checked.ok) throw new CommandFailure(ExitCode.usage, tried, checked.why);
  const home = await prepareDataDirectory(options.home);
  const change = readAccountChange(tried, home, options);
  using accounts = openAccounts(home);
  // Asked before the password is: nobody types one in vain.
  if (await accounts.find(checked.value) !== undefined) throw alreadyThere(tried);
  const password = await chosenPassword(world, tried, options);
  const account = await withNamedFaults(
    tried,
    () => accounts.add({ ...change, name: checked.value }, password.secret),
  );
  if (password.generated) world.stdout.print(`${password.secret.reveal()}\n`);
  world.stderr.print(`added "${account.name}"; its files are in ${accountRoot(home, account)}\n`);
}

async function set(world: CommandWorld, name: string, options: AddOptions): Promise<void> {
  const tried = `user set "${name}"`;
  const home = await requireDataDirectory(options.home);
  const change = readAccountChange(tried, home, options);
  const newPassword = options.generate === true || options.passwordStdin === true;
  if (Object.keys(change).length === 0 && !newPassword) {
    throw new CommandFailure(ExitCode.usage, tried, "nothing to change was named", {
      hint: "ftp user set --help shows what can be changed",
    });
  }
  using accounts = openAccounts(home);
  if (await accounts.find(name) === undefined) throw noSuch(tried);
  await withNamedFaults(tried, () => accounts.update(name, change));
  if (newPassword) await replacePassword(world, tried, accounts, name, options);
  world.stderr.print(`changed "${name}"\n`);
}

async function changePassword(
  world: CommandWorld,
  name: string,
  options: HomeOption & PasswordOptions,
): Promise<void> {
  const tried = `user passwd "${name}"`;
  using accounts = openAccounts(await requireDataDirectory(options.home));
  if (await accounts.find(name) === undefined) throw noSuch(tried);
  await replacePassword(world, tried, accounts, name, options);
  world.stderr.print(`changed the password of "${name}"\n`);
}

async function replacePassword(
  world: CommandWorld,
  tried: string,
  accounts: AccountAdmin,
  name: string,
  options: PasswordOptions,
): Promise<void> {
  const password = await chosenPassword(world, tried, options);
  await withNamedFaults(tried, () => accounts.setPassword(name, password.secret));
  if (password.generated) world.stdout.print(`${password.secret.reveal()}\n`);
}

async function remove(world: CommandWorld, name: string, options: HomeOption): Promise<void> {
  const tried = `user rm "${name}"`;
  const home = await requireDataDirectory(options.home);
  using accounts = openAccounts(home);
  const account = await accounts.find(name);
  if (account === undefined) throw noSuch(tried);
  await withNamedFaults(tried, () => accounts.remove(account.name));
  await forgetUploads(home, account.name);
  world.stderr.print(
    `removed "${account.name}"; its files stay in ${accountRoot(home, account)}\n`,
  );
}

async function list(world: CommandWorld, options: HomeOption & ListOptions): Promise<void> {
  const home = await requireDataDirectory(options.home);
  if (options.bans) return await listBans(world, home, options.json ?? false);
  if (options.invites) return await listInvites(world, home, options.json ?? false);
  using accounts = openAccounts(home);
  const usedOf = await usageOf(home);
  const all = await accounts.list();
  if (options.json) {
    for (const each of all) {
      world.stdout.print(`${JSON.stringify(accountJson(each, usedOf(each.name)))}\n`);
    }
    return;
  }
  if (all.length === 0) {
    return world.stderr.print("there are no accounts yet: ftp user add NAME makes one\n");
  }
  world.stdout.print(accountTable(all, usedOf));
}

/** What accounts with limits use, as the books know it. */
async function usageOf(home: string): Promise<UsageOf> {
  using books = await withNamedFaults(
    "user ls",
    () => Promise.resolve(SqliteBooks.open(booksPlace(privateDirectory(home)), "look")),
  );
  const known = books.lastKnownOfAll();
  return (account) => known.get(account);
}

function noSuch(tried: string): CommandFailure {
  return new CommandFailure(ExitCode.notThere, tried, "there is no such account", {
    hint: "ftp user ls lists them",
  });
}

function alreadyThere(tried: string): CommandFailure {
  return new CommandFailure(ExitCode.failed, tried, "there is an account of that name", {
    hint: "ftp user passwd changes its password, ftp user set the rest",
  });
}
