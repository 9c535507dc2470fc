// One name in a directory, as listings and facts tell it.

/** What a name stands for; a link that may be followed stands for its target. */
export type EntryType = "file" | "directory" | "other";

/** A file or directory as a session sees it. */
export interface Entry {
  /** The last part of its path, without `/`; `/` itself for the root. */
  readonly name: string;
  readonly type: EntryType;
  /** Bytes; 0 for directories. */
  readonly size: number;
  /** When its content last changed, milliseconds since 1970 UTC. */
  readonly modifiedMs: number;
  /** When it was made under whatever name, milliseconds since 1970 UTC, where that is known. */
  readonly createdMs?: number;
  /** UNIX permission bits, where there are such. */
  readonly mode?: number;
  /** The same for two names exactly when they are one object (RFC 3659, 7.5.2). */
  readonly unique?: string;
}
