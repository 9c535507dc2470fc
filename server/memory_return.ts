// Gives memory back once a thread has become quiet: the runtime by itself keeps the heap of its busiest hour.

import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const KIB = 1024;
const MIB = 1024 * KIB;

/** A burst is over when it paused so long; nobody misses memory for a second. */
const PERIOD_MS = 500;
/** What the thread's own clockwork leaves behind in a period; who transfers or logs in leaves more. */
const QUIET_BYTES = MIB;
/** What a session leaves behind, of which the heap shows nothing before it is looked through. */
const SESSION_BYTES = 16 * KIB;
/** Less is not worth the pause, which grows with what lives: about 2 ms a MiB. */
const WORTH_BYTES = 2 * MIB;
const WORTH_PART = 1 / 8;

/** A thread's memory as far as it can be told without looking through it. */
export interface HeapLook {
  /** Objects, dead ones too, and the buffers they own. */
  readonly usedBytes: number;
  /** The same at the look before. */
  readonly beforeBytes: number;
  /** The same after the last collection of ours; 0 before the first. */
  readonly keptBytes: number;
  /** Sessions that ended since then. */
  readonly departures: number;
}

/** What to do: collect now, look again when it is quiet, or nothing until more has happened. */
export function judgeHeap(look: HeapLook): "collect" | "wait" | "leave" {
  const { usedBytes, beforeBytes, keptBytes, departures } = look;
  const garbageBytes = Math.max(0, usedBytes - keptBytes) + departures * SESSION_BYTES;
  if (garbageBytes < Math.max(WORTH_BYTES, usedBytes * WORTH_PART)) return "leave";
  return Math.abs(usedBytes - beforeBytes) < QUIET_BYTES ? "collect" : "wait";
}

/** Makes the function that collects all garbage of the calling thread, at once. */
export function garbageCollector(): () => void {
  setFlagsFromString("--expose_gc");
  return runInNewContext("gc");
}

/** Watches a thread's heap from the first session until all have left and it has been given back. */
export class MemoryReturn implements Disposable {
  readonly #sessions: () => number;
  readonly #collect = garbageCollector();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;
  #usedBytes = 0;
  #keptBytes = 0;
  #departures = 0;

  /** @param sessions how many there are now. */
  constructor(sessions: () => number) {
    this.#sessions = sessions;
  }

  /** There is a session. */
  wake(): void {
    if (this.#isOver) return;
    this.#timer ??= setTimeout(() => this.#look(), PERIOD_MS);
  }

  /** A session has ended. */
  depart(): void {
    this.#departures++;
    this.wake();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    const usedBytes = heapBytes();
    const verdict = judgeHeap({
      usedBytes,
      beforeBytes: this.#usedBytes,
      keptBytes: this.#keptBytes,
      departures: this.#departures,
    });
    this.#usedBytes = usedBytes;
    if (verdict === "collect") this.#giveBack();
    if (this.#sessions() > 0 || verdict === "wait") this.wake();
  }

  #giveBack(): void {
    this.#collect();
    this.#usedBytes = this.#keptBytes = heapBytes();
    this.#departures = 0;
  }
}

function heapBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
