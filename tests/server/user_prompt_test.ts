// `ftp user` at a terminal: a password is typed twice and never shown.

import assert from "node:assert/strict";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { accountsFile } from "../../server/data_directory.ts";
import { Secret } from "../../shared/secret.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";
import { TerminalProcess } from "../support/terminal_process.ts";

Deno.test("a new account's password is asked for twice, unseen, with corrections", async () => {
  await using directory = await temporaryDirectory();
  await using ftp = new TerminalProcess(["user", "add", "ann", "--home", directory.path]);
  await ftp.see(/New password: /);
  // An arrow key, a slip taken back, a whole line taken back.
  await ftp.type("wrong\x15gehex\x7fi\x1b[A\x1bOBm\r");
  await ftp.see(/The same again: /);
  await ftp.type("geheim\r");
  await ftp.see(/added "ann"/);
  assert.equal(await ftp.end(), 0);
  assert.doesNotMatch(ftp.shown, /geh|wrong|\*/);
  using accounts = SqliteAccounts.open(accountsFile(directory.path));
  assert.ok((await accounts.verify("ann", new Secret("geheim"), "")).ok);
});

Deno.test("two different passwords change nothing, and neither does Ctrl-C", async () => {
  await using directory = await temporaryDirectory();
  {
    await using ftp = new TerminalProcess(["user", "add", "ann", "--home", directory.path]);
    await ftp.see(/New password: /);
    await ftp.type("one\r");
    await ftp.see(/The same again: /);
    await ftp.type("two\r");
    await ftp.see(/the two passwords differ: nothing was changed/);
    assert.equal(await ftp.end(), 2);
  }
  {
    await using ftp = new TerminalProcess(["user", "add", "ann", "--home", directory.path]);
    await ftp.see(/New password: /);
    await ftp.type("one\x03");
    await ftp.see(/interrupted/);
    assert.equal(await ftp.end(), 130);
  }
  using accounts = SqliteAccounts.open(accountsFile(directory.path));
  assert.deepEqual(await accounts.list(), []);
});
