// The contract of account stores, on each backend.

import { join } from "node:path";
import type { PasswordCheckOptions } from "../../server/accounts/password_check.ts";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { MemoryAccounts } from "../support/memory_accounts.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";
import { accountsContract, type AccountsUnderTest } from "./accounts_contract.ts";

/** What these tests prove does not depend on how dear a hash is. */
const CHEAP: PasswordCheckOptions = { cost: { logN: 4, blockSize: 8, parallel: 1 } };

accountsContract("accounts in memory", () => {
  const accounts = new MemoryAccounts();
  return Promise.resolve({ accounts, [Symbol.asyncDispose]: () => Promise.resolve() });
});

accountsContract("accounts in SQLite", async (): Promise<AccountsUnderTest> => {
  const directory = await temporaryDirectory();
  const accounts = SqliteAccounts.open(join(directory.path, "accounts.db"), CHEAP);
  return {
    accounts,
    async [Symbol.asyncDispose]() {
      accounts[Symbol.dispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
});
