// ftp user invite, ls --invites and uninvite, while the server runs or not.

import assert from "node:assert/strict";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { accountsFile, prepareDataDirectory } from "../../server/data_directory.ts";
import * as user from "../../server/user_commands.ts";
import { ExitCode } from "../../shared/exit_code.ts";
import { isFault } from "../../shared/fault.ts";
import { Secret } from "../../shared/secret.ts";
import { runInProcess } from "../support/command_in_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const CHEAP = { cost: { logN: 4, blockSize: 8, parallel: 1 } };

Deno.test("an invite's code is printed alone, and is good for what was said", async () => {
  await using directory = await temporaryDirectory();
  const home = await prepareDataDirectory(directory.path);
  const ftp = (...args: string[]) => runInProcess(user, ["user", ...args, "--home", home]);
  const { stdout, stderr } = await ftp("invite", "--uses", "2", "--quota", "5M", "--expires", "1h");
  assert.match(stdout, /^[a-z2-9]{4}(-[a-z2-9]{4}){3}\n$/);
  assert.match(stderr, /^good for 2 registrations until /);
  using accounts = SqliteAccounts.open(accountsFile(home), CHEAP);
  const code = new Secret(stdout.trim());
  const account = await accounts.add({ name: "ann" }, new Secret("a"), code);
  assert.equal(account.quotaBytes, 5 * 1024 * 1024);
  for (const wrong of [["--uses", "0"], ["--expires", "soon"], ["--quota", "x"]]) {
    assert.equal((await ftp("invite", ...wrong)).code, ExitCode.usage);
  }
});

Deno.test("invites are listed with what is left of them, and taken back by id or code", async () => {
  await using directory = await temporaryDirectory();
  const home = await prepareDataDirectory(directory.path);
  const ftp = (...args: string[]) => runInProcess(user, ["user", ...args, "--home", home]);
  assert.equal((await ftp("ls", "--invites")).stderr, "there are no invites\n");
  const given = await ftp("invite", "--uses", "3", "--quota", "5M", "--expires", "1h");
  const id = /^to take it back: ftp user uninvite ([0-9a-f]{8})$/m.exec(given.stderr)?.[1] ?? "";
  const other = (await ftp("invite")).stdout.trim();

  const [head, first, second, ...none] = (await ftp("ls", "--invites")).stdout.split("\n");
  assert.match(head ?? "", /^ID +USES +QUOTA +UNTIL$/);
  assert.match(first ?? "", new RegExp(`^${id} +3 +5M +\\d{4}-[-\\d]+T[\\d:]+Z$`));
  assert.match(second ?? "", /^[0-9a-f]{8} +1 +usual +\d{4}-/);
  assert.deepEqual(none, [""]);
  const [record = ""] = (await ftp("ls", "--invites", "--json")).stdout.split("\n");
  const { until, ...rest } = JSON.parse(record);
  assert.deepEqual(rest, { id, uses: 3, quotaBytes: 5 * 1024 * 1024 });
  assert.ok(Math.abs(Date.parse(until) - Date.now() - 3600_000) < 60_000);

  assert.equal((await ftp("uninvite", id)).stderr, "took back one invite\n");
  using accounts = SqliteAccounts.open(accountsFile(home), CHEAP);
  const code = new Secret(given.stdout.trim());
  await assert.rejects(
    accounts.add({ name: "ann" }, new Secret("a"), code),
    (error) => isFault(error, "denied"),
  );
  assert.equal((await ftp("uninvite", other)).code, ExitCode.done);
  const again = await ftp("uninvite", other);
  assert.equal(again.code, ExitCode.notThere);
  assert.ok(!again.stderr.includes(other), "what may be a code is not repeated");
  await ftp("invite");
  assert.equal((await ftp("uninvite", "--all")).stderr, "took back one invite\n");
  assert.equal((await ftp("uninvite")).code, ExitCode.usage);
  assert.equal((await ftp("uninvite", "x", "--all")).code, ExitCode.usage);
  assert.equal((await ftp("ls", "--invites", "--bans")).code, ExitCode.usage);
});
