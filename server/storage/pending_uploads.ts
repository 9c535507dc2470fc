// The unfinished uploads of one account, by their records: what a session is shown and may throw away.

import { ifThere } from "../../shared/if_there.ts";
import { resolvePath, ROOT, type VirtualPath } from "../../shared/virtual_path.ts";
import type { HostFiles } from "./host_files.ts";
import { type HostPath, operatorPath, ownChild } from "./jailed_path.ts";
import type { AccountBooks } from "./quota_books.ts";
import type { PendingUpload } from "./storage.ts";
import { removeUnfinished } from "./upload_folder.ts";
import { readRecord, UploadPart } from "./upload_part.ts";

/** Where an account's uploads are noted. */
export interface PendingWorld {
  readonly files: HostFiles;
  readonly records: HostPath;
  readonly books: AccountBooks;
}

/** Those that hold bytes and that nobody writes. */
export async function* pendingUploads(world: PendingWorld): AsyncGenerator<PendingUpload> {
  for await (const { part, ...pending } of openPending(world)) {
    part.release();
    yield pending;
  }
}

/** Throws away what is unfinished of a path, wherever it is kept. @returns whether there was any */
export async function forgetPending(world: PendingWorld, path: VirtualPath): Promise<boolean> {
  let found = false;
  for await (const pending of openPending(world)) {
    const isOurs = pending.path === path && pending.part.file.tryLock("exclusive");
    if (isOurs) await removeUnfinished(pending.part, world.books);
    else pending.part.release();
    found ||= isOurs;
  }
  return found;
}

/** Each with its open file, locked against writers; the one who takes it closes it. */
async function* openPending(
  { files, records }: PendingWorld,
): AsyncGenerator<PendingUpload & { readonly part: UploadPart }> {
  for await (const { name } of files.names(records)) {
    if (!name.endsWith(".json")) continue;
    const record = ownChild(records, name);
    const noted = readRecord(files, record);
    const path = noted && resolvePath(ROOT, noted.path);
    if (noted === undefined || !path?.ok) continue;
    const host = operatorPath(noted.bytes);
    const file = ifThere(() => files.openToWrite(host, "existing"));
    if (file === undefined) continue;
    const part = new UploadPart(files, { file, host, record });
    const received = file.stat().size;
    if (received > 0 && file.tryLock("shared")) {
      yield { path: path.value, received, sinceMs: noted.sinceMs, part };
    } else part.release();
  }
}
