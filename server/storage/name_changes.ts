// Names that go, move or replace each other on the disk: what is allowed, and what it means for the books.

import { Fault } from "../../shared/fault.ts";
import { isWithin, type VirtualPath } from "../../shared/virtual_path.ts";
import { amountAt, amountOf } from "./disk_usage.ts";
import type { HostFiles } from "./host_files.ts";
import { isBelow, type Jail, type Located, type Place } from "./jailed_path.ts";
import { type Booking, difference, NO_AMOUNT, sum } from "./quota_books.ts";

/** Where names are. */
export interface NameWorld {
  readonly files: HostFiles;
  readonly jail: Jail;
}

/** A place with something there that the session sees. @throws Fault `not-found` */
function visiblePlace(
  { jail }: NameWorld,
  path: VirtualPath,
): Place & { readonly target: Located } {
  const place = jail.place(path);
  if (place.target === undefined) throw new Fault("not-found", { about: path });
  return { ...place, target: place.target };
}

/** A file goes; a link to one goes as a link. @throws Fault `not-found`, `is-a-directory`, `denied` */
export function removal(world: NameWorld, path: VirtualPath): Booking<void> {
  const { files, jail } = world;
  const { host, target } = visiblePlace(world, path);
  if (target.stat.type === "directory") throw new Fault("is-a-directory", { about: path });
  if (target.stat.type === "other") throw new Fault("denied", { about: path });
  return {
    kept: difference(NO_AMOUNT, amountAt(files, host, jail.root)),
    vanishes: host,
    unchecked: true,
    act: () => files.removeFile(host),
  };
}

/** An empty directory goes, which counts for nothing. @throws Fault `not-found`, `not-a-directory` */
export function directoryRemoval(world: NameWorld, path: VirtualPath): void {
  const { host, target } = visiblePlace(world, path);
  if (target.stat.type !== "directory") throw new Fault("not-a-directory", { about: path });
  // A link to a directory goes as one name; what it leads to stays.
  if (target.host === host) world.files.removeDirectory(host);
  else world.files.removeFile(host);
}

/** A name moves; a file replaces a file. @throws Fault `not-found`, `exists`, `denied` */
export function renaming(world: NameWorld, from: VirtualPath, to: VirtualPath): Booking<void> {
  const { files, jail } = world;
  const source = visiblePlace(world, from);
  const goal = jail.place(to);
  if (source.host === goal.host) return { act() {} };
  const movesDirectory = source.target.stat.type === "directory";
  if (movesDirectory && isWithin(to, from)) throw new Fault("denied", { about: to });
  const there = goal.target?.stat.type;
  if (goal.taken && there === undefined) throw new Fault("denied", { about: to });
  if (there !== undefined && (movesDirectory || there !== "file")) {
    throw new Fault("exists", { about: to });
  }
  // Where links are followed, one of both may be outside of what is the account's.
  const comes = isBelow(goal.host, jail.root), goes = isBelow(source.host, jail.root);
  const moved = amountOf(files.lstat(source.host));
  const gone = sum(goes ? moved : NO_AMOUNT, amountAt(files, goal.host, jail.root));
  return {
    kept: difference(comes ? moved : NO_AMOUNT, gone),
    vanishes: source.host,
    appears: { at: goal.host, bytes: comes ? moved.bytes : 0 },
    // An upload that counted on replacing it is refused instead, when it is done.
    ...(comes && !goes ? {} : { unchecked: true }),
    ...(movesDirectory && comes !== goes ? { doubtful: true } : {}),
    act: () => files.rename(source.host, goal.host),
  };
}
