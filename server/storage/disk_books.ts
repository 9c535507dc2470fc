// The quota books of an account whose files are on the disk: who asks them for a recount has it counted.

import { ifThere } from "../../shared/if_there.ts";
import { measureUsage } from "./disk_usage.ts";
import { type HostFiles, hostFiles } from "./host_files.ts";
import { type HostPath, operatorPath } from "./jailed_path.ts";
import type { AccountBooks, QuotaBooks } from "./quota_books.ts";
import { uploadsDirectory } from "./upload_place.ts";

/** Where an account's files are, and the books of all accounts. */
export interface DiskBooksOptions {
  /** Host path of its root, which may not exist yet. */
  readonly root: string;
  /** Host path of the data directory. */
  readonly home: string;
  readonly account: string;
  readonly books: QuotaBooks;
  readonly files?: HostFiles;
  /** Ends a recount half-way: the account stays in doubt. */
  readonly signal?: AbortSignal;
}

/** The account's page, without opening its files to anybody. */
export function openDiskBooks(options: DiskBooksOptions): AccountBooks {
  const { home, account, books, files = hostFiles, signal } = options;
  const records = uploadsDirectory(operatorPath(home), account);
  return books.of(account, (held) => {
    const root = realRoot(files, operatorPath(options.root));
    return measureUsage({ files, root, records, account }, held, signal);
  });
}

function realRoot(files: HostFiles, root: HostPath): HostPath {
  const real = ifThere(() => files.realPath(root));
  return real === undefined ? root : operatorPath(real); // nobody has logged in yet: nothing to count
}
