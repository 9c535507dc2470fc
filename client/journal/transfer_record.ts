// A record of the journal that is ours: locked while we live, written as files come and go, gone when all is done.

import { dirname } from "node:path";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import type { SourceFacts } from "../client.ts";
import {
  type Flight,
  formatHead,
  formatLine,
  type RecordContent,
  type RecordHead,
  type RecordLine,
} from "./record_format.ts";

/** What is over sooner costs no wait for the disk: it would only be the same command again after a power cut. */
const FLUSH_AFTER_MS = 200;

/** A folder of small files pays for one flush a second, not for one a file. */
const FLUSH_EVERY_MS = 1_000;

/** Lines of files that ended long ago are left out from here on: a record stays small, however many files it moves. */
const COMPACT_FROM_BYTES = 1024 * 1024;

/** After these a transfer is carried on later; all others were told and are over. */
const PASSING: ReadonlySet<ExitCode> = new Set([
  ExitCode.noConnection,
  ExitCode.noSpace,
  ExitCode.interrupted,
]);

/** A file on its way. */
export interface OpenFlight {
  /** What is found out about the source once it moves. */
  learned(facts: SourceFacts): void;
  /** It arrived, or failed for good. */
  ended(): void;
}

/** A record whose file we hold. `await using` leaves what is not done to others, or takes the record away. */
export class TransferRecord implements AsyncDisposable {
  readonly head: RecordHead;
  /** Files that an earlier process was moving, by their numbers. */
  readonly inherited: ReadonlyMap<number, Flight>;
  readonly #path: string;
  readonly #flights: Map<number, Flight>;
  readonly #doneItems: Set<number>;
  readonly #onTrouble: (error: unknown) => void;
  #file: Deno.FsFile;
  #bytes = 0;
  #compactFromBytes = COMPACT_FROM_BYTES;
  #nextFlight: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #isFolderFlushed = false;

  /**
   * @param file locked by us, with nothing in it when `there` is left out.
   * @param onTrouble told when the disk takes no more lines.
   */
  constructor(
    path: string,
    file: Deno.FsFile,
    { head, flights, doneItems }: RecordContent,
    there: { readonly bytes: number } | undefined,
    onTrouble: (error: unknown) => void,
  ) {
    this.#path = path;
    this.#file = file;
    this.#onTrouble = onTrouble;
    this.head = head;
    this.inherited = new Map(flights);
    this.#flights = new Map(flights);
    this.#doneItems = new Set(doneItems);
    this.#nextFlight = Math.max(-1, ...flights.keys()) + 1;
    if (there === undefined) this.#write(formatHead(head));
    // A line that was torn must not swallow the next one.
    else this.#write("\n");
    this.#bytes += there?.bytes ?? 0;
  }

  /** Items that are not done, by their places in the head. */
  get remaining(): readonly number[] {
    return [...this.head.items.keys()].filter((item) => !this.#doneItems.has(item));
  }

  /** A file begins to move. */
  begins(flight: Flight): OpenFlight {
    const number = this.#nextFlight++;
    this.#flights.set(number, flight);
    this.#append({ begins: number, flight });
    return {
      learned: (facts) => {
        if (!this.#flights.has(number)) return;
        this.#flights.set(number, { ...flight, ...facts });
        this.#append({ learns: number, facts });
      },
      ended: () => this.ends(number),
    };
  }

  /** A file arrived, or failed for good. */
  ends(flight: number): void {
    if (this.#flights.delete(flight)) this.#append({ ends: flight });
  }

  /** Everything of an item is over. */
  itemDone(item: number): void {
    this.#doneItems.add(item);
    this.#append({ item });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.#flushing;
    const isOver = this.remaining.length === 0 && this.#flights.size === 0;
    try {
      if (isOver) await Deno.remove(this.#path);
    } catch (error) {
      this.#onTrouble(error);
    } finally {
      // Not left to the closing: a process that is being started has the file too, for a moment.
      await this.#file.unlock();
      this.#file.close();
    }
  }

  #append(line: RecordLine): void {
    this.#write(formatLine(line));
    if (this.#bytes <= this.#compactFromBytes) return;
    try {
      this.#compact();
    } catch (error) {
      this.#onTrouble(error);
    }
    this.#compactFromBytes = Math.max(COMPACT_FROM_BYTES, 2 * this.#bytes);
  }

  #write(text: string): void {
    const bytes = new TextEncoder().encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    } catch (error) {
      // The transfer goes on: it is only not remembered as exactly.
      return this.#onTrouble(error);
    }
    this.#bytes += bytes.length;
    const waitMs = this.#isFolderFlushed ? FLUSH_EVERY_MS : FLUSH_AFTER_MS;
    this.#timer ??= setTimeout(() => this.#flush(), waitMs);
  }

  #flush(): void {
    this.#timer = undefined;
    const mustFlushFolder = !this.#isFolderFlushed;
    this.#isFolderFlushed = true;
    const file = this.#file;
    // One after the other: on a slow disk a flush takes longer than the time between two.
    this.#flushing = this.#flushing.then(() => file.syncData())
      .then(() => mustFlushFolder ? syncFolder(this.#path) : undefined)
      .catch(this.#onTrouble);
  }

  /** Whoever looks meanwhile sees the old file or the new one, and both are locked. */
  #compact(): void {
    const draft = `${this.#path}.new`;
    const file = Deno.openSync(draft, { write: true, create: true, truncate: true, mode: 0o600 });
    file.lockSync(true);
    const old = this.#file;
    this.#file = file;
    this.#bytes = 0;
    this.#write(formatHead(this.head));
    for (const item of this.#doneItems) this.#write(formatLine({ item }));
    for (const [begins, flight] of this.#flights) this.#write(formatLine({ begins, flight }));
    file.syncDataSync();
    Deno.renameSync(draft, this.#path);
    // Not while it is being flushed. Nobody finds it any more, locked or not.
    this.#flushing = this.#flushing.then(() => old.close());
  }
}

/** Whether the same may well work later: the connection, the room or the person's patience ran out. */
export function isPassing(failure: unknown): boolean {
  return !(failure instanceof CommandFailure) || PASSING.has(failure.exitCode);
}

async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(dirname(path));
  await folder.sync();
}
