// Accounts from the files of older servers.

import assert from "node:assert/strict";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { importAccounts, parseOldAccounts } from "../../server/user_import.ts";
import type { CommandWorld } from "../../shared/command_line.ts";
import { Secret } from "../../shared/secret.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const CHEAP = { cost: { logN: 4, blockSize: 8, parallel: 1 } };

const FILE = `; users
[ann]
Password = a;b"c #1
Quotation=10

[bob]
Quota = 5
[../x]
Password=y
[Ann]
password: other
quota: 1.5
[cy]
Password=z
Quota=lots
[dan]
PASSWORD = d
Color = red
`;

Deno.test("a section is an account, a value the rest of its line", () => {
  const { accounts, unread } = parseOldAccounts(`stray\n\uFEFF${FILE}`.replace("\uFEFF", ""));
  assert.deepEqual(accounts.map(({ name, password, quota }) => [name, password, quota]), [
    ["ann", 'a;b"c #1', "10"],
    ["bob", undefined, "5"],
    ["../x", "y", undefined],
    ["Ann", "other", "1.5"],
    ["cy", "z", "lots"],
    ["dan", "d", undefined],
  ]);
  assert.deepEqual(unread.map(({ line }) => line), [1, 19]);
});

Deno.test("each section's fate is told, and what fails keeps nothing else out", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/old.ini`;
  await Deno.writeTextFile(file, FILE);
  using accounts = SqliteAccounts.open(`${directory.path}/accounts.db`, CHEAP);
  const said: string[] = [];
  const output = { print: (text: string) => void said.push(text) };
  const report = (failure: unknown) => void said.push(`${(failure as Error).message}\n`);
  await importAccounts({ stdout: output, stderr: output, report } as CommandWorld, accounts, file);
  assert.deepEqual(said.join("").replaceAll(file, "FILE").trimEnd().split("\n"), [
    'FILE line 2: added "ann", quota 10M',
    'FILE line 6: "bob": it has no password',
    'FILE line 8: "../x": a name is letters, digits, . _ and -',
    'FILE line 10: "Ann": there is an account that is called so, or nearly so',
    'FILE line 13: "cy": its quota "lots" is no number of MB',
    'FILE line 16: added "dan"',
    'FILE line 18: left out, unknown key "Color"',
    "added 2, not added 4",
    "FILE holds passwords in clear: remove it",
  ]);
  const verdict = await accounts.verify("ann", new Secret('a;b"c #1'), "");
  assert.ok(verdict.ok && verdict.account.quotaBytes === 10 * 1024 * 1024);
});
