// The journal: a folder with a record for each command that moves files, from its start until all are done.

import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import { ifThere } from "../../shared/if_there.ts";
import { ownFolder } from "../own_folder.ts";
import { parseRecord, type RecordContent, type RecordHead } from "./record_format.ts";
import { TransferRecord } from "./transfer_record.ts";

/** More interrupted commands nobody goes back to, and each one is read at every start; the oldest are forgotten first. */
const RECORDS_LIMIT = 200;

/** What was not carried on for a season is forgotten: the files are others by then. */
const AGE_LIMIT_MS = 90 * 24 * 60 * 60 * 1000;

/** A larger file was not written by us: a command line has two megabytes at most, and lines are left out in time. */
const FILE_LIMIT_BYTES = 64 * 1024 * 1024;

/** Who only looks holds a record for a moment: so often it is tried for again. */
const CLAIM_TRIES = 5;
const CLAIM_PAUSE_MS = 20;

/** Work that is not done, and whose process is gone. */
export interface PendingRecord extends RecordContent {
  /** What a person calls it by. */
  readonly id: number;
  readonly touchedMs: number;
}

/** The journal of whoever this is; `undefined` where the environment names no home. */
export function journalOf(
  env: Readonly<Record<string, string | undefined>>,
): Journal | undefined {
  const folder = ownFolder(env);
  return folder === undefined ? undefined : new Journal(join(folder, "journal"));
}

/** The records in one folder. Any number of processes may use it at the same time. */
export class Journal {
  readonly #folder: string;

  /** @param folder absolute host path; made when something is first recorded. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Begins a record, locked while it is open: the system unlocks it however this process ends.
   *
   * @throws errors of the local disk
   */
  async begin(head: RecordHead, onTrouble: (error: unknown) => void): Promise<TransferRecord> {
    await Deno.mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const ids = await this.#prune();
    for (let id = Math.max(0, ...ids) + 1;; id++) {
      const path = this.#pathOf(id);
      let file: Deno.FsFile;
      try {
        file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) continue;
        throw error;
      }
      // Nobody else locks a record without a head, and this one gets its head afterwards.
      await file.lock(true);
      const nothing = { head, flights: new Map(), doneItems: new Set<number>() };
      return new TransferRecord(path, file, nothing, undefined, onTrouble);
    }
  }

  /** What is pending, oldest first; records that somebody holds are not. */
  async list(): Promise<PendingRecord[]> {
    const found: PendingRecord[] = [];
    for (const id of await this.#ids()) {
      const there = await this.#look(id);
      if (there === undefined) continue;
      // Shared: two who look do not hide it from one another.
      if (await there.file.tryLock(false)) {
        if (isOpen(there.content)) found.push({ id, ...there.content, ...there.facts });
        // Not left to the closing: a process that is being started has the file too, for a moment.
        await there.file.unlock();
      }
      there.file.close();
    }
    return found;
  }

  /** Takes a record over. @returns `held` when a process that lives has it, `gone` when there is none */
  async claim(
    id: number,
    onTrouble: (error: unknown) => void,
  ): Promise<TransferRecord | "held" | "gone"> {
    for (let tries = 1;; tries++) {
      const there = await this.#look(id);
      if (there === undefined) return "gone";
      const { file } = there;
      if (await file.tryLock(true)) {
        // Between the look and the lock its owner may have gone on with it.
        const now = await this.#isAt(id, file) ? await readAll(file) : undefined;
        const content = parseRecord(now ?? "");
        if (now !== undefined && content.ok) {
          const bytes = new TextEncoder().encode(now).length;
          return new TransferRecord(this.#pathOf(id), file, content.value, { bytes }, onTrouble);
        }
        await file.unlock();
        file.close();
        return "gone";
      }
      file.close();
      if (tries === CLAIM_TRIES) return "held";
      await pause(CLAIM_PAUSE_MS);
    }
  }

  /** Drops a record; what was moved stays where it is. */
  async forget(id: number): Promise<"forgotten" | "held" | "gone"> {
    const record = await this.claim(id, () => {});
    if (typeof record === "string") return record;
    for (const flight of record.inherited.keys()) record.ends(flight);
    for (const item of record.remaining) record.itemDone(item);
    await record[Symbol.asyncDispose]();
    return "forgotten";
  }

  #pathOf(id: number): string {
    return join(this.#folder, `${id}`);
  }

  async #ids(): Promise<number[]> {
    const ids: number[] = [];
    try {
      for await (const { name, isFile } of Deno.readDir(this.#folder)) {
        if (isFile && /^[1-9]\d{0,14}$/.test(name)) ids.push(Number(name));
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return ids.sort((a, b) => a - b);
  }

  /** Opens a record and reads it; `undefined` for what is none, or has no head yet. */
  async #look(id: number) {
    const file = await ifThere(() => Deno.open(this.#pathOf(id), { read: true, write: true }));
    if (file === undefined) return undefined;
    try {
      const { size, mtime } = await file.stat();
      const content = size > FILE_LIMIT_BYTES ? undefined : parseRecord(await readAll(file));
      if (content?.ok) {
        return { file, content: content.value, facts: { touchedMs: mtime?.getTime() ?? 0 } };
      }
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    return undefined;
  }

  async #isAt(id: number, file: Deno.FsFile): Promise<boolean> {
    const [held, there] = await Promise.all([
      file.stat(),
      Deno.stat(this.#pathOf(id)).catch(() => undefined),
    ]);
    return there !== undefined && there.ino === held.ino;
  }

  /** Forgets what is too old, and the oldest of too many. @returns the numbers that are taken */
  async #prune(): Promise<number[]> {
    const ids = await this.#ids();
    const records = ids.map((id) => ({ id, touchedMs: touchedMs(this.#pathOf(id)) }));
    const tooMany = records.length - RECORDS_LIMIT + 1;
    const oldest = records.toSorted((a, b) => a.touchedMs - b.touchedMs);
    const since = Date.now() - AGE_LIMIT_MS;
    for (const [at, { id, touchedMs }] of oldest.entries()) {
      if (at >= tooMany && touchedMs >= since) break;
      if (await this.forget(id) !== "gone" || touchedMs >= since) continue;
      // It never got a head.
      await Deno.remove(this.#pathOf(id)).catch(() => {});
    }
    return ids;
  }
}

/** A process that was killed between the last line and the end leaves nothing to do. */
function isOpen({ head, flights, doneItems }: RecordContent): boolean {
  return flights.size > 0 || head.items.some((_, at) => !doneItems.has(at));
}

function touchedMs(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  } catch {
    return Date.now();
  }
}

async function readAll(file: Deno.FsFile): Promise<string> {
  await file.seek(0, Deno.SeekMode.Start);
  const bytes = new Uint8Array((await file.stat()).size);
  let length = 0;
  while (length < bytes.length) {
    const count = await file.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}
