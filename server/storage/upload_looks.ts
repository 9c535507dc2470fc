// The looks of an uploaded file: owner, group and permissions of what it replaces, or of its directory; its date.

import { hostCode } from "./host_fault.ts";
import type { HostFiles, WritableHostFile } from "./host_files.ts";
import type { Place } from "./jailed_path.ts";
import type { UploadPart } from "./upload_part.ts";

/** The mode bit of a directory whose files get its group. */
const SET_GROUP_ID = 0o2000;
/** How far back a digested file is dated: more than any tick of a clock in the kernel. */
const BACKDATE_MS = 20;

/** Gives the part the looks of what is at its place, or of what a new file there would have. */
export function dress(files: HostFiles, part: UploadPart, place: Place): void {
  const old = place.target?.stat;
  const holder = place.directory.stat;
  const now = part.file.stat();
  const inherits = ((holder.mode ?? 0) & SET_GROUP_ID) !== 0;
  const owner = old?.owner ?? now.owner;
  const group = old?.group ?? (inherits ? holder.group : now.group);
  if (owner !== now.owner || group !== now.group) {
    try {
      files.setOwner(part.host, owner, group);
    } catch (error) {
      // Only root may give files away; as anybody else the server's own files are fine.
      if (hostCode(error) !== "EPERM") throw error;
    }
  }
  // SECURITY: the permission bits alone; set-user-ID on content from the network is never kept.
  const mode = old?.mode === undefined ? now.mode : old.mode & 0o777;
  if (mode !== undefined && mode !== now.mode) files.setMode(part.host, mode);
}

/** Dates a digested file back, so that no later change of it can bear the same time. */
export function backdate(file: WritableHostFile): void {
  file.setModified(file.stat().modifiedMs - BACKDATE_MS);
}
