// What busy_process.ts runs: does one random deed after another, and says so, until it is killed.

import { booksPlace, SqliteBooks } from "../../server/accounts/sqlite_books.ts";
import { privateDirectory } from "../../server/data_directory.ts";
import { openDiskStorage } from "../../server/storage/disk_storage.ts";
import { act, randomNumbers } from "./random_deeds.ts";

if (import.meta.main) {
  const { options, seed } = JSON.parse(Deno.args[0] ?? "");
  using books = SqliteBooks.open(booksPlace(privateDirectory(options.home)), "serve");
  const storage = await openDiskStorage({ ...options, books });
  const random = randomNumbers(seed);
  for (;;) {
    await act(storage, random);
    Deno.stdout.writeSync(new Uint8Array([0x2e]));
  }
}
