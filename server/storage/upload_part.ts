// One upload's file while it is written or kept, and the record that says what it is.

import { basename } from "node:path";
import { ifThere } from "../../shared/if_there.ts";
import { hostCode } from "./host_fault.ts";
import type { HostFiles, WritableHostFile } from "./host_files.ts";
import { directoryOf, type HostPath, ownChild } from "./jailed_path.ts";

/** What the record of an upload says. */
export interface UploadRecord {
  /** The virtual path it is meant for. */
  readonly path: string;
  /** When it began. */
  readonly sinceMs: number;
  /** Where its bytes are on the host. */
  readonly bytes: string;
}

/** An upload's open file; closing it unlocks it. */
export class UploadPart {
  readonly file: WritableHostFile;
  readonly #files: HostFiles;
  readonly #record: HostPath;
  #host: HostPath;
  #isOpen = true;

  constructor(
    files: HostFiles,
    from: { file: WritableHostFile; host: HostPath; record: HostPath },
  ) {
    this.#files = files;
    this.file = from.file;
    this.#host = from.host;
    this.#record = from.record;
  }

  get host(): HostPath {
    return this.#host;
  }

  /** Writes the record. */
  note(record: UploadRecord): void {
    this.#files.writeText(this.#record, JSON.stringify(record));
  }

  /** Lets a `.copy` be found as an upload: it now holds bytes of the peer's. */
  reveal(): void {
    if (!this.#host.endsWith(".copy")) return;
    const part = ownChild(directoryOf(this.#host), basename(this.#host, ".copy") + ".part");
    this.#files.rename(this.#host, part);
    this.#host = part;
  }

  /** Gives the file its final name: in place of another, or only if the name is free. */
  publish(to: HostPath, how: "replace" | "create"): void {
    if (how === "replace") return this.#files.rename(this.#host, to);
    this.#files.link(this.#host, to);
    ifThere(() => this.#files.removeFile(this.#host));
  }

  /** Closes it, once; it stays as an unfinished upload. */
  release(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.file[Symbol.dispose]();
  }

  /** Closes it after its file went to its final name. */
  published(): void {
    try {
      ifThere(() => this.#files.removeFile(this.#record));
    } catch (error) {
      // The file is where it belongs; a record without bytes means nothing and is swept.
      if (hostCode(error) === undefined) throw error;
    } finally {
      this.release();
    }
  }

  /** Closes it and removes every trace. */
  remove(): void {
    try {
      ifThere(() => this.#files.removeFile(this.#host));
      ifThere(() => this.#files.removeFile(this.#record));
    } finally {
      this.release();
    }
  }
}

/** @returns `undefined` where there is no record, or one that a crash left half written. */
export function readRecord(files: HostFiles, path: HostPath): UploadRecord | undefined {
  const text = ifThere(() => files.readText(path));
  if (text === undefined) return undefined;
  try {
    const { path, sinceMs, bytes } = JSON.parse(text);
    const whole = typeof path === "string" && typeof sinceMs === "number" &&
      typeof bytes === "string";
    return whole ? { path, sinceMs, bytes } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
