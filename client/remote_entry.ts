// One name at a server, as much as the server told about it.

import type { EntryType } from "../shared/entry.ts";

/** A name at a server. What the server did not tell is `undefined`, never guessed. */
export interface RemoteEntry {
  /** One plain name: never empty, `.`, `..`, and without `/`, NUL, CR and LF. */
  readonly name: string;
  readonly type: EntryType | "link";
  /** Bytes. */
  readonly size: number | undefined;
  /** When its content last changed, milliseconds since 1970 UTC. */
  readonly modifiedMs: number | undefined;
  /** How exact `modifiedMs` is: facts tell seconds, `ls -l` minutes or days (and of an unknown time zone). */
  readonly modifiedExactToMs: number | undefined;
  /** UNIX permission bits, where they were told. */
  readonly mode: number | undefined;
  /** The same for two names exactly when they are one object (RFC 3659, 7.5.2). */
  readonly unique: string | undefined;
  /** Where a link leads, where a listing told it. */
  readonly linkTarget: string | undefined;
  readonly owner: string | undefined;
  readonly group: string | undefined;
}

/** What most forms of a listing do not tell. */
export const BARE = {
  mode: undefined,
  unique: undefined,
  linkTarget: undefined,
  owner: undefined,
  group: undefined,
} as const;
