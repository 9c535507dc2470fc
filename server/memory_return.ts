// Gives memory back once a thread has become quiet: the runtime by itself keeps the heap of its busiest hour.

import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Looking costs microseconds. */
const PERIOD_MS = 500;
/** What the thread's own clockwork leaves behind in a period; who transfers or logs in leaves more. */
const QUIET_BYTES = MIB;
/** So many sessions more or fewer than at the last collection have changed what a thread needs for long. */
const CROWD_SESSIONS = 100;
/** After a crowd has come or gone, a burst is over when it paused so long. */
const CROWD_QUIET_MS = 500;
/**
 * Else it is worth to wait: a collection also forgets how objects of work that is over looked, and
 * code that was made fast for them is slower by a quarter for the next thousands of requests.
 */
const QUIET_MS = 30_000;
/** What a session leaves behind, of which the heap shows nothing before it is looked through. */
const SESSION_BYTES = 16 * KIB;
/** Less is not worth the pause, which grows with what lives: about 2 ms a MiB. */
const WORTH_BYTES = 2 * MIB;
const WORTH_PART = 1 / 8;

/** A thread's memory as far as it can be told without looking through it. */
export interface HeapLook {
  /** Objects, dead ones too, and the buffers they own. */
  readonly usedBytes: number;
  /** The same after the last collection of ours; 0 before the first. */
  readonly keptBytes: number;
  /** For how long it has hardly changed. */
  readonly quietMs: number;
  /** Sessions that ended since the last collection, and how many more or fewer there are than then. */
  readonly departures: number;
  readonly sessionsChange: number;
}

/** What to do: collect now, look again later, or nothing until more has happened. */
export function judgeHeap(look: HeapLook): "collect" | "wait" | "leave" {
  const { usedBytes, keptBytes, quietMs, departures, sessionsChange } = look;
  const garbageBytes = Math.max(0, usedBytes - keptBytes) + departures * SESSION_BYTES;
  if (garbageBytes < Math.max(WORTH_BYTES, usedBytes * WORTH_PART)) return "leave";
  const isCrowd = Math.abs(sessionsChange) >= CROWD_SESSIONS;
  return quietMs >= (isCrowd ? CROWD_QUIET_MS : QUIET_MS) ? "collect" : "wait";
}

/** What is known of a thread's heap from one period to the next. */
export class HeapCourse {
  #usedBytes = 0;
  #keptBytes = 0;
  #quietMs = 0;
  #departures = 0;
  #keptSessions = 0;

  /** A session has ended. */
  depart(): void {
    this.#departures++;
  }

  /** Another period is over. */
  judge(usedBytes: number, sessions: number): ReturnType<typeof judgeHeap> {
    const isQuiet = Math.abs(usedBytes - this.#usedBytes) < QUIET_BYTES;
    this.#quietMs = isQuiet ? this.#quietMs + PERIOD_MS : 0;
    this.#usedBytes = usedBytes;
    const verdict = judgeHeap({
      usedBytes,
      keptBytes: this.#keptBytes,
      quietMs: this.#quietMs,
      departures: this.#departures,
      sessionsChange: sessions - this.#keptSessions,
    });
    // A crowd that left too little is done with: what is done later must not be taken for its.
    if (verdict === "leave") this.#keptSessions = sessions;
    return verdict;
  }

  /** Garbage has been collected, and so much was none. */
  collected(keptBytes: number, sessions: number): void {
    this.#usedBytes = this.#keptBytes = keptBytes;
    this.#keptSessions = sessions;
    this.#quietMs = this.#departures = 0;
  }
}

/** Collects all garbage of the calling thread, at once. */
export function collectGarbage(): void {
  // Only contexts made after the flag know the function; one costs half a millisecond, far less than its work.
  setFlagsFromString("--expose_gc");
  runInNewContext("gc")();
}

/** Watches a thread's heap from the first session until all have left and it has been given back. */
export class MemoryReturn implements Disposable {
  readonly #sessions: () => number;
  readonly #periodMs: number;
  readonly #course = new HeapCourse();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  /**
   * @param sessions how many there are now.
   * @param periodMs how long a period takes by the clock: tests do not wait for half a minute.
   */
  constructor(sessions: () => number, periodMs = PERIOD_MS) {
    this.#sessions = sessions;
    this.#periodMs = periodMs;
  }

  /** There is a session. */
  wake(): void {
    if (this.#isOver) return;
    this.#timer ??= setTimeout(() => this.#look(), this.#periodMs);
  }

  /** A session has ended. */
  depart(): void {
    this.#course.depart();
    this.wake();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    const sessions = this.#sessions();
    const verdict = this.#course.judge(heapBytes(), sessions);
    if (verdict === "collect") {
      collectGarbage();
      this.#course.collected(heapBytes(), sessions);
    }
    if (sessions > 0 || verdict === "wait") this.wake();
  }
}

function heapBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
