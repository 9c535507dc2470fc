// What uploading_process.ts runs: writes part of a file, says so, waits for the word to commit.

import { booksPlace, SqliteBooks } from "../../server/accounts/sqlite_books.ts";
import { privateDirectory } from "../../server/data_directory.ts";
import { openDiskStorage } from "../../server/storage/disk_storage.ts";
import { at, patternBytes } from "./storage_steps.ts";

if (import.meta.main) {
  const { options, path, size, books } = JSON.parse(Deno.args[0] ?? "");
  using opened = books && SqliteBooks.open(booksPlace(privateDirectory(options.home)), "serve");
  const storage = await openDiskStorage({ ...options, ...(opened && { books: opened }) });
  await using upload = await storage.write(at(path), { mode: "replace" });
  await upload.write(patternBytes(size));
  console.log("written");
  await Deno.stdin.read(new Uint8Array(16));
  await upload.commit();
  console.log("committed");
}
