// Where log lines go: standard error or a file, in batches, never holding up who writes them.

import { within } from "./deadline.ts";

/** Takes whole lines; disposal writes out what waits. */
export interface LogSink extends AsyncDisposable {
  /** @param urgent whether to write it out at once, with all before it. */
  write(line: string, urgent: boolean): void;
  /**
   * Opens the file anew: somebody moved the old one away (log rotation).
   *
   * @throws what opening throws; the old one then goes on.
   */
  reopen(): void;
}

/** Lines wait so long for company: one write serves many. */
const BATCH_MS = 50;
/** A batch of so many bytes goes at once. */
const BATCH_BYTES = 64 * 1024;
/**
 * When the other end of a pipe does not read, so much waits and the rest is counted and dropped: a
 * stuck log must neither stop the server nor eat its memory.
 */
const LIMIT_WAITING_BYTES = 1 << 20;
/** How long the end of the program waits for a stuck pipe. */
const LAST_WRITE_LIMIT_MS = 1000;

/** What is written to: a file or a standard stream. */
export interface LogTarget extends Disposable {
  /** Takes all of `bytes`, off the event loop. */
  write(bytes: Uint8Array): Promise<void>;
}

/** Lines to standard error. */
export function standardErrorSink(): LogSink {
  return batchingSink(() => targetOf(Deno.stderr, () => {}));
}

/** Lines appended to a file, made when missing, readable by its owner and group. */
export function fileSink(path: string): LogSink {
  return batchingSink(() => {
    const file = Deno.openSync(path, { append: true, create: true, mode: 0o640 });
    return targetOf(file, () => file.close());
  });
}

/** Lines in batches to what `open` opens, now and at each `reopen`. */
export function batchingSink(open: () => LogTarget): LogSink {
  return new BatchingSink(open);
}

function targetOf(stream: Pick<Deno.FsFile, "write">, close: () => void): LogTarget {
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
    },
    [Symbol.dispose]: close,
  };
}

class BatchingSink implements LogSink {
  readonly #open: () => LogTarget;
  #target: LogTarget;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;

  constructor(open: () => LogTarget) {
    this.#open = open;
    this.#target = open();
  }

  write(line: string, urgent: boolean): void {
    // UTF-8 takes at most three bytes for each of JavaScript's units.
    const bytes = line.length * 3;
    if (this.#waitingBytes + bytes > LIMIT_WAITING_BYTES) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += bytes;
    if (urgent || this.#waitingBytes >= BATCH_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  reopen(): void {
    const old = this.#target;
    this.#target = this.#open();
    // Lines already on their way belong to the old file.
    if (this.#writing === undefined) old[Symbol.dispose]();
    else this.#writing.then(() => old[Symbol.dispose]());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#flush();
    const last = this.#writing ?? Promise.resolve();
    await within(last, { limitMs: LAST_WRITE_LIMIT_MS }).catch(() => {});
    this.#target[Symbol.dispose]();
  }

  /** Starts writing what waits, unless a write is under way: that one goes on with it. */
  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing === undefined && this.#hasWaiting()) this.#writing = this.#writeOut();
  }

  #hasWaiting(): boolean {
    return this.#waiting.length > 0 || this.#dropped > 0;
  }

  /** Ends in the same turn in which it sees that nothing waits, so that no line falls between. */
  async #writeOut(): Promise<void> {
    while (this.#hasWaiting()) {
      try {
        await this.#target.write(new TextEncoder().encode(this.#takeBatch()));
      } catch {
        // The disk is full or nobody reads any more: serving goes on without these lines.
      }
    }
    this.#writing = undefined;
  }

  #takeBatch(): string {
    const dropped = this.#dropped;
    const batch = this.#waiting.join("");
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#dropped = 0;
    // JSON, because both forms of the log can bear it and a reader of JSON needs it.
    return dropped === 0
      ? batch
      : `${batch}{"level":"warn","event":"lines dropped","count":${dropped}}\n`;
  }
}
