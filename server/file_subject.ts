// What SIZE, HASH and their kind speak of, and what REST carries on: always the same thing.

import { Fault, isFault } from "../shared/fault.ts";
import type { VirtualPath } from "../shared/virtual_path.ts";
import type { Session } from "./session.ts";

/** A file, or the unfinished upload that stands for one. */
export interface FileSubject {
  /** Bytes. */
  readonly size: number;
  /** For `Storage.digest`. */
  readonly base: "unfinished" | undefined;
}

/**
 * The file of a path; where there is none, or SITE RESUME named it, its unfinished upload. A client that
 * trusts SIZE and goes on from there must never glue the end of one to the beginning of the other.
 *
 * @throws Fault `not-found`, `is-a-directory`
 */
export async function subjectOf(target: VirtualPath, session: Session): Promise<FileSubject> {
  const { storage } = session;
  if (session.resuming === target) {
    const size = await storage.unfinished(target);
    if (size !== undefined) return { size, base: "unfinished" };
    session.resuming = undefined; // finished or swept meanwhile
  }
  try {
    const entry = await storage.stat(target);
    if (entry.type !== "file") throw new Fault("is-a-directory", { about: target });
    return { size: entry.size, base: undefined };
  } catch (error) {
    const size = isFault(error, "not-found") ? await storage.unfinished(target) : undefined;
    if (size === undefined) throw error;
    return { size, base: undefined };
  }
}
