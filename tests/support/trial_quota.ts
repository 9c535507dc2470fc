// A disk storage of an account with limits, and the books behind it, for one test.

import { join } from "node:path";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { booksPlace, SqliteBooks } from "../../server/accounts/sqlite_books.ts";
import { privateDirectory } from "../../server/data_directory.ts";
import type { DiskStorageOptions } from "../../server/storage/disk_storage.ts";
import type { Amount } from "../../server/storage/quota_books.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { Secret } from "../../shared/secret.ts";
import { openTrialDisk, type TrialDisk } from "./trial_disk.ts";

/** What an account may keep. */
export interface Limit {
  readonly bytes?: number;
  readonly files?: number;
}

/** The storage of the account `ann`, who has limits, as one worker of a server has it. */
export class TrialQuota implements AsyncDisposable {
  readonly #resources: AsyncDisposableStack;

  private constructor(
    readonly disk: TrialDisk,
    readonly accounts: SqliteAccounts,
    readonly books: SqliteBooks,
    readonly storage: Storage,
    resources: AsyncDisposableStack,
  ) {
    this.#resources = resources;
  }

  /** Makes a data directory with the account. */
  static async open(
    limit: Limit,
    options: Partial<DiskStorageOptions> = {},
  ): Promise<TrialQuota> {
    await using resources = new AsyncDisposableStack();
    const disk = resources.use(await openTrialDisk());
    const own = privateDirectory(disk.options.home);
    const cost = { logN: 1, blockSize: 1, parallel: 1 };
    const accounts = resources.use(SqliteAccounts.open(join(own, "accounts.db"), { cost }));
    const limits = { quotaBytes: limit.bytes, maxFiles: limit.files };
    await accounts.add({ name: "ann", ...limits }, new Secret("x"));
    const books = resources.use(SqliteBooks.open(booksPlace(own), "serve"));
    const storage = await disk.reopen({ books, ...options });
    return new TrialQuota(disk, accounts, books, storage, resources.move());
  }

  /** The books as another worker or process has them. */
  openBooks(purpose: "serve" | "look" = "serve"): SqliteBooks {
    return SqliteBooks.open(booksPlace(privateDirectory(this.disk.options.home)), purpose);
  }

  /** What is on the disk by a count of the test's own: all files of the account, all parts of uploads. */
  async counted(): Promise<Amount> {
    let bytes = 0, files = 0;
    const waiting = [this.disk.inRoot(), this.disk.inUploads()];
    for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
      for await (const entry of Deno.readDir(directory)) {
        const path = join(directory, entry.name);
        if (entry.isDirectory) waiting.push(path);
        else if (!entry.name.endsWith(".json")) {
          bytes += (await Deno.lstat(path)).size;
          files++;
        }
      }
    }
    return { bytes, files };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}
