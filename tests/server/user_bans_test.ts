// ftp user ls --bans, unban and rm, while the server runs or not.

import assert from "node:assert/strict";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import {
  accountsFile,
  prepareDataDirectory,
  privateDirectory,
} from "../../server/data_directory.ts";
import { BanList } from "../../server/runtime/ban_list.ts";
import { RuntimeDatabase } from "../../server/runtime/runtime_database.ts";
import * as user from "../../server/user_commands.ts";
import { ExitCode } from "../../shared/exit_code.ts";
import { Secret } from "../../shared/secret.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const CHEAP = { cost: { logN: 4, blockSize: 8, parallel: 1 } };
const TERMS = { failures: 1, banMs: 60_000 };

Deno.test("bans are listed with the names of accounts, and lifted", async () => {
  await using directory = await temporaryDirectory();
  const home = await prepareDataDirectory(directory.path);
  const ftp = (...args: string[]) => runInProcess(user, ["user", ...args, "--home", home]);
  assert.equal((await ftp("ls", "--bans")).stderr, "nobody is banned\n");
  using accounts = SqliteAccounts.open(accountsFile(home), CHEAP);
  await accounts.add({ name: "ann" }, new Secret("a"));
  using database = RuntimeDatabase.open(privateDirectory(home), "command");
  const bans = new BanList(database);
  bans.failed({ address: "192.0.2.1", isExempt: false }, "ann", TERMS);
  bans.failed({ address: "2001:db8::7", isExempt: false }, "bob", TERMS);
  bans.failed({ address: "127.0.0.1", isExempt: true }, "ann", TERMS);
  bans.failed({ address: "127.0.0.1", isExempt: true }, "typed-a-password", TERMS);
  const { stdout } = await ftp("ls", "--bans");
  assert.match(stdout, /^ADDRESS +NAME +SINCE +UNTIL\n/);
  assert.match(stdout, /\n192\.0\.2\.1 +all +\d{4}-/);
  assert.match(stdout, /\n127\.0\.0\.1 +ann +\d{4}-/);
  assert.match(stdout, /\n127\.0\.0\.1 +\(no account\) +\d{4}-/);
  const records = (await ftp("ls", "--bans", "--json")).stdout.trimEnd().split("\n");
  assert.equal(records.length, 4);
  assert.equal((await ftp("unban", "192.0.2.1")).stderr, "lifted one ban\n");
  // As the list has it.
  const [, network = ""] = /\n(2001:db8:\S+) +all /.exec(stdout) ?? [];
  assert.equal((await ftp("unban", network)).stderr, "lifted one ban\n", stdout);
  assert.equal((await ftp("unban", "ann")).stderr, "lifted one ban\n");
  const nobody = await ftp("unban", "192.0.2.1");
  assert.deepEqual([nobody.code, nobody.stdout], [ExitCode.notThere, ""]);
  assert.equal((await ftp("unban")).code, ExitCode.usage);
  assert.equal((await ftp("unban", "--all")).stderr, "lifted one ban\n");
  assert.deepEqual(bans.list(), []);
});

Deno.test("beside a server of another version, commands say so", async () => {
  await using directory = await temporaryDirectory();
  const home = await prepareDataDirectory(directory.path);
  {
    using database = RuntimeDatabase.open(privateDirectory(home), "command");
    database.prepare("PRAGMA user_version = 999").run();
  }
  const { code, stderr } = await runInProcess(user, ["user", "ls", "--bans", "--home", home]);
  assert.equal(code, ExitCode.failed);
  assert.match(stderr, /runtime store ".*": the server is of another version\nhint: /);
});

Deno.test("a removed account leaves its files and takes its unfinished uploads along", async () => {
  await using directory = await temporaryDirectory();
  const home = await prepareDataDirectory(directory.path);
  using accounts = SqliteAccounts.open(accountsFile(home), CHEAP);
  await accounts.add({ name: "ann" }, new Secret("a"));
  for (const path of ["ann", ".ftp/uploads/ann"]) {
    await Deno.mkdir(`${home}/${path}`, { recursive: true });
  }
  const removed = await runInProcess(user, ["user", "rm", "ann", "--home", home]);
  assert.equal(removed.code, ExitCode.done);
  assert.ok((await Deno.stat(`${home}/ann`)).isDirectory);
  await assert.rejects(Deno.stat(`${home}/.ftp/uploads/ann`), Deno.errors.NotFound);
});
