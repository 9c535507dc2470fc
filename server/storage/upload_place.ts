// Where uploads wait: in HOME, or beside their goal when that is on another file system.

import type { HostFiles } from "./host_files.ts";
import { OWN_NAME, UPLOADS_NAME } from "./host_name.ts";
import {
  directoryOf,
  type HostPath,
  isBelow,
  type Jail,
  type Located,
  ownChild,
} from "./jailed_path.ts";

/** Where all accounts' uploads are: a directory an account. */
export function allUploadsDirectory(home: HostPath): HostPath {
  return ownChild(ownChild(home, OWN_NAME), "uploads");
}

/** Where the uploads of `account`, a checked name, are kept in HOME. */
export function uploadsDirectory(home: HostPath, account: string): HostPath {
  return ownChild(allUploadsDirectory(home), account);
}

/**
 * Where the bytes of an upload into `directory` go, so that one rename can publish them: the account's
 * directory in HOME, or, on another file system (`--dir`, a mount), a hidden one at that file
 * system's top as far as the root reaches.
 */
export function partsDirectory(
  { files, jail, records, account }: {
    readonly files: HostFiles;
    readonly jail: Jail;
    readonly records: HostPath;
    readonly account: string;
  },
  directory: Located,
): HostPath {
  const { device } = directory.stat;
  if (files.lstat(records).device === device) return records;
  let top = directory.host;
  while (top !== jail.root && isBelow(top, jail.root)) {
    const above = directoryOf(top);
    if (files.lstat(above).device !== device) break;
    top = above;
  }
  return ownChild(ownChild(top, UPLOADS_NAME), account);
}
