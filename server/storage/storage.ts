// What a session may do with files, whatever keeps them: a disk, an object store.

import type { ByteSink, ByteSource } from "../../shared/byte_stream.ts";
import type { Entry } from "../../shared/entry.ts";
import type { HashAlgorithm } from "../../shared/hash.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import type { Powers } from "./powers.ts";
import type { QuotaState } from "./quota_books.ts";

/** What a kind of storage can do beyond reading and writing whole files. */
export interface StorageAbilities {
  /** Modification times can be set (MFMT). */
  readonly setModified: boolean;
  /** UNIX permission bits can be set (SITE CHMOD). */
  readonly setMode: boolean;
}

/** Part of a file, bytes from the start. */
export interface ByteRange {
  /** First byte. */
  readonly start: number;
  /** One past the last byte; not beyond the file's end. */
  readonly end: number;
}

/** A file open for reading; what it was when opened stays readable to the end. */
export interface StoredFile extends ByteSource, AsyncDisposable {
  /** As it was when opened. */
  readonly entry: Entry;
}

/** What a digest is of; by default of the whole file. */
export interface DigestOptions {
  readonly range?: ByteRange | undefined;
  /** Of the unfinished upload, though there is a file too. */
  readonly base?: "unfinished" | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What an upload starts from. */
export interface WriteOptions {
  /**
   * `replace`: the bytes become the file's content from `offset` on (STOR; REST n + STOR).
   * `append`: they follow what the file, or where there is none its unfinished upload, has now (APPE).
   * `create`: only if the name is free (STOU).
   */
  readonly mode: "replace" | "append" | "create";
  /**
   * The restart offset of `replace`. Bytes before it are those of the file, of which `stat` and `digest`
   * speak too; only where there is no file are they those of its unfinished upload.
   */
  readonly offset?: number;
  /** Carries on the unfinished upload of this name though there is a file too. */
  readonly base?: "unfinished";
  /** Computes this digest on the way, so that {@linkcode Storage.digest} needs no second read. */
  readonly digest?: HashAlgorithm;
  /** The size the peer announced (ALLO), bytes: checked against quota and disk before it starts. */
  readonly announcedSize?: number;
  /** Ends a long preparation: the bytes before the offset may have to be copied first. */
  readonly signal?: AbortSignal;
}

/** An unfinished upload, as its owner sees it. */
export interface PendingUpload {
  /** What it was meant for. */
  readonly path: VirtualPath;
  /** Bytes. */
  readonly received: number;
  readonly sinceMs: number;
}

/**
 * A file on its way in. Nothing is visible under its name until `commit`; disposal without it keeps
 * the bytes as an unfinished upload of that name, which a later `write` can carry on.
 */
export interface Upload extends ByteSink, AsyncDisposable {
  /** Where the first byte written goes. */
  readonly offset: number;
  /**
   * Shows bytes before they are written, in the order in which they will be: where a digest was asked for, it is
   * computed of them now. Those that are not shown are digested when they are written.
   */
  foresee(bytes: Uint8Array): void;
  /**
   * Flushes to disk and publishes under the name, atomically; answers what is there now.
   *
   * @param signal once it has fired nothing is published any more: what came is kept as unfinished.
   * @throws Fault `aborted`
   */
  commit(signal?: AbortSignal): Promise<Entry>;
  /** Gives up: nothing is kept. */
  discard(): Promise<void>;
}

/**
 * One root with everything below it, as one account may use it. Paths are virtual; links that lead
 * out of the root do not exist. All operations throw {@linkcode Fault}.
 */
export interface Storage {
  readonly abilities: StorageAbilities;
  /**
   * What rights allow with a path. It never touches the disk, so that it can be asked for every name
   * of a large directory.
   */
  powers(path: VirtualPath): Powers;
  /** @throws Fault `not-found` */
  stat(path: VirtualPath): Promise<Entry>;
  /**
   * The entries of a directory in no order, without `.` and `..`: some at a time, since a step of an
   * asynchronous iteration costs more than an entry, and never all. The first come as soon as they
   * can, and an abort is heard before every batch.
   *
   * @throws Fault `not-found`, `not-a-directory`, `aborted`
   */
  list(path: VirtualPath, signal?: AbortSignal): AsyncIterable<readonly Entry[]>;
  /** The names of the same entries, which may cost much less than the entries. @throws as `list` does */
  names(path: VirtualPath, signal?: AbortSignal): AsyncIterable<readonly string[]>;
  /**
   * @param digest is computed on the way, so that {@linkcode Storage.digest} needs no second read.
   * @throws Fault `not-found`, `is-a-directory`, `bad-restart` (offset beyond the end)
   */
  read(path: VirtualPath, offset: number, digest?: HashAlgorithm): Promise<StoredFile>;
  /** @throws Fault `not-found` (no such parent), `is-a-directory`, `exists`, `bad-restart`, `no-space`, `over-quota` */
  write(path: VirtualPath, options: WriteOptions): Promise<Upload>;
  /**
   * How many bytes of an unfinished upload of this name are kept.
   *
   * @returns `undefined` where there is none.
   */
  unfinished(path: VirtualPath): Promise<number | undefined>;
  /** All unfinished uploads of the account, in no order. */
  pending(): AsyncIterable<PendingUpload>;
  /** Throws an unfinished upload away. @throws Fault `not-found` */
  forget(path: VirtualPath): Promise<void>;
  /** @throws Fault `not-found`, `is-a-directory` */
  removeFile(path: VirtualPath): Promise<void>;
  /** @throws Fault `not-found`, `not-a-directory`, `not-empty`, `denied` (the root) */
  removeDirectory(path: VirtualPath): Promise<void>;
  /** @throws Fault `exists`, `not-found` (no such parent) */
  createDirectory(path: VirtualPath): Promise<void>;
  /** A file replaces a file; a directory nothing. @throws Fault `not-found`, `exists`, `denied` (into itself) */
  rename(from: VirtualPath, to: VirtualPath): Promise<void>;
  /** @throws Fault `not-found`, `unsupported` */
  setModified(path: VirtualPath, modifiedMs: number): Promise<void>;
  /**
   * Sets the nine permission bits of a file or directory. What the server itself needs to reach it
   * again stays; bits that lend an owner's rights to others are never set.
   *
   * @returns the mode it has now.
   * @throws Fault `not-found`, `unsupported`
   */
  setMode(path: VirtualPath, mode: number): Promise<number>;
  /**
   * The digest of a file or a part of it, lower-case hexadecimal. Never stale: it is of the bytes
   * that are there now. Where there is no file, an unfinished upload of that name answers, so that
   * its owner can prove what is there before carrying it on.
   *
   * @throws Fault `not-found`, `is-a-directory`, `bad-restart` (a range beyond the end), `aborted`
   */
  digest(path: VirtualPath, algorithm: HashAlgorithm, options?: DigestOptions): Promise<string>;
  /** Bytes that could still be stored, on the disk and within the quota. */
  space(): Promise<number>;
  /**
   * What is used of the quota.
   *
   * @returns `undefined` where there are no limits.
   */
  quota(): Promise<QuotaState | undefined>;
}
