// That a thread lives: a file it keeps locked, which the system unlocks however the thread ends.

import { join } from "node:path";
import { isFault } from "../../shared/fault.ts";
import { ifThere } from "../../shared/if_there.ts";
import type { RuntimeDatabase } from "./runtime_database.ts";
import { isThreadAlive, threadLockFile } from "./thread_lock.ts";

/** Which thread it is, as people are told. */
export interface ThreadNames {
  /** The process's id. */
  readonly process: number;
  /** Counted from 1. */
  readonly worker: number;
}

/**
 * A row of the thread's own and the lock that proves it. Processes and threads that died, also by
 * kill -9 or a power cut, hold no lock: whoever comes next removes their rows, and with them their
 * sessions.
 */
export class ThreadLease implements Disposable {
  /** The row's. */
  readonly id: number;
  readonly #database: RuntimeDatabase;
  readonly #directory: string;
  readonly #lock: Deno.FsFile;

  /**
   * @param directory the server's own folder.
   * @throws Fault as the database does; what making the lock's file throws
   */
  constructor(database: RuntimeDatabase, directory: string, { process, worker }: ThreadNames) {
    this.#database = database;
    this.#directory = directory;
    Deno.mkdirSync(join(directory, "threads"), { recursive: true, mode: 0o700 });
    const insert = database.prepare(
      "INSERT INTO threads (process, worker, since_ms) VALUES (?, ?, ?) RETURNING id",
    );
    // Within the transaction nobody else can take the row for a dead thread's.
    const { id, lock } = database.transaction(() => {
      const id = Number(insert.get(process, worker, Date.now())?.["id"]);
      const lock = Deno.openSync(this.#pathOf(id), { write: true, create: true, mode: 0o600 });
      lock.lockSync(true);
      return { id, lock };
    });
    this.id = id;
    this.#lock = lock;
    this.removeDead();
  }

  /** Removes what dead threads left. @returns whether there was any. */
  removeDead(): boolean {
    return this.#database.transaction(() => {
      const others = this.#database.prepare("SELECT id FROM threads WHERE id <> ?").all(this.id)
        .map((row) => Number(row["id"]));
      const dead = others.filter((id) => !isThreadAlive(this.#directory, id));
      for (const id of dead) this.#remove(id);
      // The first one of a new life: what was told before was told to somebody else.
      if (dead.length === others.length) this.#database.prepare("DELETE FROM notices").run();
      return dead.length > 0;
    });
  }

  [Symbol.dispose](): void {
    {
      using lock = this.#lock;
      lock.unlockSync();
    }
    try {
      this.#database.transaction(() => this.#remove(this.id));
    } catch (error) {
      // Without its lock the row is a dead thread's, and goes when the next one comes.
      if (!isFault(error)) throw error;
    }
  }

  #remove(id: number): void {
    this.#database.prepare("DELETE FROM threads WHERE id = ?").run(id);
    ifThere(() => Deno.removeSync(this.#pathOf(id)));
  }

  #pathOf(id: number): string {
    return threadLockFile(this.#directory, id);
  }
}
