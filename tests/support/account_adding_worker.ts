// A thread that adds accounts to a store as fast as it can, to meet other threads that do the same.

/// <reference lib="deno.worker" />

import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { Secret } from "../../shared/secret.ts";

declare const self: DedicatedWorkerGlobalScope;

/** What it is told: the store, and the names to add. */
export interface AccountsToAdd {
  readonly path: string;
  readonly names: readonly string[];
}

self.onmessage = async ({ data }: MessageEvent<AccountsToAdd>) => {
  using accounts = SqliteAccounts.open(data.path, {
    cost: { logN: 1, blockSize: 8, parallel: 1 },
  });
  for (const name of data.names) {
    await accounts.add({ name }, new Secret("a"));
    await accounts.update(name, { quotaBytes: name.length });
  }
  self.postMessage("done");
};
