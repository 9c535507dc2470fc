// What the rights of a session let it do with a path: the question behind MLST's fact `perm`.

import { ROOT, type VirtualPath } from "../../shared/virtual_path.ts";

/** What would be allowed; whether something is there, and of what type, was not asked. */
export interface Powers {
  /** Reading its bytes. */
  readonly read: boolean;
  /** Listing its names. */
  readonly list: boolean;
  /** Writing over its bytes, or on from where they end. */
  readonly overwrite: boolean;
  /** Making files and directories in it. */
  readonly fill: boolean;
  /** Removing what is in it. */
  readonly empty: boolean;
  /** Removing it. */
  readonly remove: boolean;
  /** Giving it another name. */
  readonly rename: boolean;
}

const ALL_POWERS: Powers = {
  read: true,
  list: true,
  overwrite: true,
  fill: true,
  empty: true,
  remove: true,
  rename: true,
};

const ROOT_POWERS: Powers = { ...ALL_POWERS, remove: false, rename: false };

/** What may be done where nobody limited it: everything, except that a root stays where it is. */
export function unlimitedPowers(path: VirtualPath): Powers {
  return path === ROOT ? ROOT_POWERS : ALL_POWERS;
}
