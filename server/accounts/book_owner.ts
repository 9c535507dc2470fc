// Who writes the quota books: each worker holds a locked file, so that all know which of them died.

import { join } from "node:path";
import { ifThere } from "../../shared/if_there.ts";

/** The file of one writer, locked as long as it lives; the lock ends with its thread or process. */
export class BookOwner implements Disposable {
  readonly id: string;
  readonly #path: string;
  readonly #file: Deno.FsFile;

  private constructor(id: string, path: string, file: Deno.FsFile) {
    this.id = id;
    this.#path = path;
    this.#file = file;
  }

  /** Becomes a writer; nobody may ask {@linkcode ownersIn} meanwhile. */
  static enter(directory: string): BookOwner {
    const id = crypto.randomUUID();
    const path = join(directory, `${id}${SUFFIX}`);
    const file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    file.lockSync(true);
    return new BookOwner(id, path, file);
  }

  /** Says that its books are right to the last line. */
  leave(): void {
    Deno.removeSync(this.#path);
  }

  /** Without having left it is taken for dead. */
  [Symbol.dispose](): void {
    using file = this.#file;
    file.unlockSync();
  }
}

/** The writers that there are: those that live, and those that died without leaving. */
export function ownersIn(
  directory: string,
): { readonly living: string[]; readonly dead: string[] } {
  const living: string[] = [], dead: string[] = [];
  for (const { name } of Deno.readDirSync(directory)) {
    if (!name.endsWith(SUFFIX)) continue;
    using file = ifThere(() => Deno.openSync(join(directory, name), { write: true }));
    if (file === undefined) continue; // it left just now
    const isDead = file.tryLockSync(true);
    if (isDead) file.unlockSync(); // not left to the closing: a process being started has the file too
    (isDead ? dead : living).push(name.slice(0, -SUFFIX.length));
  }
  return { living, dead };
}

/** Forgets a dead writer, after what it held was given back. */
export function buryOwner(directory: string, id: string): void {
  Deno.removeSync(join(directory, `${id}${SUFFIX}`));
}

const SUFFIX = ".owner";
