// A disk storage in a data directory of its own, for one test.

import { join } from "node:path";
import { type DiskStorageOptions, openDiskStorage } from "../../server/storage/disk_storage.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { type TemporaryDirectory, temporaryDirectory } from "./temporary_directory.ts";

/** A storage with the host paths behind it. */
export class TrialDisk implements AsyncDisposable {
  constructor(
    /** Of the account `ann`. */
    readonly storage: Storage,
    /** Holds everything, what is outside of every root too. */
    readonly top: TemporaryDirectory,
    readonly options: DiskStorageOptions,
  ) {}

  /** The host path of something in the root. */
  inRoot(...names: string[]): string {
    return join(this.options.root, ...names);
  }

  /** The host path of something that no session may reach. */
  outside(...names: string[]): string {
    return join(this.top.path, "outside", ...names);
  }

  /** The host path of something in the account's upload directory. */
  inUploads(...names: string[]): string {
    return join(this.options.home, ".ftp", "uploads", this.options.account, ...names);
  }

  /** What is in the account's upload directory, records before their parts. */
  waiting(): string[] {
    return Array.from(Deno.readDirSync(this.inUploads()), ({ name }) => name).sort();
  }

  /** The same storage as another process would open it after a restart. */
  reopen(options: Partial<DiskStorageOptions> = {}): Promise<Storage> {
    return openDiskStorage({ ...this.options, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.top[Symbol.asyncDispose]();
  }
}

/** Makes a data directory with the account `ann` and opens it. */
export async function openTrialDisk(
  options: Partial<DiskStorageOptions> = {},
): Promise<TrialDisk> {
  const top = await temporaryDirectory();
  await Deno.mkdir(join(top.path, "outside"));
  const home = join(top.path, "home");
  const whole = { root: join(home, "ann"), home, account: "ann", ...options };
  return new TrialDisk(await openDiskStorage(whole), top, whole);
}
