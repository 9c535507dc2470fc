// The bars at the bottom of the terminal: one for each transfer that runs, and one for all of several files.

import type { CommandOutput } from "../shared/command_line.ts";
import type { TransferProgress } from "./client.ts";
import { type BarState, formatBar, RateMeter } from "./progress_bar.ts";
import type { Drawing, Terminal } from "./terminal.ts";

/** A transfer that is over sooner gets no bar: a thousand small files would only flicker. */
const PATIENCE_MS = 150;

const REDRAWS_A_SECOND = 10;

/** The terminal writes `^C` behind a bar; on a line of its own it would keep the bar from being taken away. */
const CTRL_C_COLUMNS = 2;

/** One transfer's place in the display. `using` takes its bar away. */
export interface Track extends Disposable {
  update(progress: TransferProgress): void;
  /** The file is there: it counts among those that are done. */
  complete(): void;
}

/** Shows how far transfers are; nothing where there is no terminal to draw on. */
export interface ProgressDisplay extends Disposable {
  /** A transfer begins; `name` is what people know it by. */
  track(name: string): Track;
  /** Several files begin; until the result is disposed, a bar below the others is for all of them. */
  total(expected: ExpectedFiles): Disposable;
}

/** What is known of several files; read again for each drawing. */
export interface ExpectedFiles {
  /** `undefined` where nobody counts them. */
  readonly files: number | undefined;
  /** `undefined` where the size of one is not known. */
  readonly bytes: number | undefined;
  /** Whether more may be found: folders are looked into when it is their turn. */
  readonly isGrowing?: boolean;
}

/** The display for this terminal; `stderr` is where it draws. */
export function progressDisplay(terminal: Terminal, stderr: CommandOutput): ProgressDisplay {
  return terminal.canDraw ? new BarDisplay(terminal, stderr) : NOTHING_SHOWN;
}

const NOTHING_SHOWN: ProgressDisplay = {
  track: () => ({ update() {}, complete() {}, [Symbol.dispose]() {} }),
  total: () => ({ [Symbol.dispose]() {} }),
  [Symbol.dispose]() {},
};

/** The parts of cli-progress that are used here; the package brings no types. */
interface MultiBar {
  create(total: number, startValue: number, payload: BarPayload): object;
  stop(): void;
}

interface BarPayload {
  state(): BarState;
}

type MakeMultiBar = (options: object) => MultiBar;

class BarDisplay implements ProgressDisplay, Drawing {
  readonly #terminal: Terminal;
  readonly #stderr: CommandOutput;
  readonly #running = new Set<RunningTrack>();
  #total: RunningTotal | undefined;
  #makeBars: MakeMultiBar | undefined;
  #bars: MultiBar | undefined;
  #drawing: Disposable | undefined;

  constructor(terminal: Terminal, stderr: CommandOutput) {
    this.#terminal = terminal;
    this.#stderr = stderr;
  }

  track(name: string): Track {
    const track = new RunningTrack(name, () => void this.#redraw());
    this.#running.add(track);
    return {
      update: (progress) => {
        const nowMs = performance.now();
        track.update(progress, nowMs);
        this.#total?.update(this.#movingBytes(), nowMs);
      },
      complete: () => this.#total?.finish(track.state.doneBytes),
      [Symbol.dispose]: () => {
        this.#running.delete(track);
        this.#total?.update(this.#movingBytes(), performance.now());
        if (track.isVisible) this.#arrange();
      },
    };
  }

  total(expected: ExpectedFiles): Disposable {
    const words = this.#terminal.texts.transfers;
    this.#total = new RunningTotal(expected, words.total, () => void this.#redraw());
    return {
      [Symbol.dispose]: () => {
        this.#total = undefined;
        this.#arrange();
      },
    };
  }

  show(): void {
    // Bars that nobody knows any more would be drawn for ever.
    this.hide();
    const visible = this.#visible();
    if (this.#makeBars === undefined || visible.length === 0) return;
    this.#bars = this.#makeBars({
      stream: this.#stream(),
      fps: REDRAWS_A_SECOND,
      clearOnComplete: true,
      // Lines are cut to the width already; switching the terminal's wrapping off could outlive a crash.
      linewrap: true,
      format: (_options: object, params: { readonly maxWidth: number }, payload: BarPayload) =>
        formatBar(
          payload.state(),
          params.maxWidth - CTRL_C_COLUMNS - 1,
          this.#terminal.texts.transfers,
        ),
    });
    for (const track of visible) this.#bars.create(1, 0, { state: () => track.state });
  }

  hide(): void {
    this.#bars?.stop();
    this.#bars = undefined;
  }

  [Symbol.dispose](): void {
    this.#running.clear();
    this.#drawing?.[Symbol.dispose]();
    this.#drawing = undefined;
  }

  async #redraw(): Promise<void> {
    // Loaded with the first bar: commands that draw none start faster.
    this.#makeBars ??= await import("cli-progress").then(({ default: { MultiBar } }) => (options) =>
      new MultiBar(options)
    );
    this.#arrange();
  }

  /** Draws the bars that there are now, or takes the drawing away with the last one. */
  #arrange(): void {
    this.#drawing?.[Symbol.dispose]();
    this.#drawing = this.#visible().length > 0 ? this.#terminal.draw(this) : undefined;
  }

  #visible(): readonly { readonly state: BarState }[] {
    const total = this.#total?.isVisible ? [this.#total] : [];
    return [...[...this.#running].filter((track) => track.isVisible), ...total];
  }

  #movingBytes(): number {
    return [...this.#running].reduce((sum, track) => sum + track.state.doneBytes, 0);
  }

  /** What cli-progress takes for a stream. */
  #stream(): object {
    const stderr = this.#stderr;
    return {
      isTTY: true,
      get columns() {
        return stderr.columns;
      },
      write(text: string) {
        stderr.print(text);
        return true;
      },
    };
  }
}

class RunningTrack {
  readonly #name: string;
  readonly #onVisible: () => void;
  readonly #startedMs = performance.now();
  readonly #rate = new RateMeter();
  #progress: TransferProgress = { stage: "moving", doneBytes: 0, totalBytes: undefined };
  #isVisible = false;

  constructor(name: string, onVisible: () => void) {
    this.#name = name;
    this.#onVisible = onVisible;
  }

  get isVisible(): boolean {
    return this.#isVisible;
  }

  get state(): BarState {
    return { ...this.#progress, name: this.#name, bytesPerSecond: this.#rate.bytesPerSecond };
  }

  update(progress: TransferProgress, nowMs: number): void {
    this.#progress = progress;
    if (progress.stage === "moving") this.#rate.add(progress.doneBytes, nowMs);
    if (this.#isVisible || nowMs - this.#startedMs < PATIENCE_MS) return;
    this.#isVisible = true;
    this.#onVisible();
  }
}

/** All files of one command together. */
class RunningTotal {
  readonly #expected: ExpectedFiles;
  readonly #words: (done: number, all: string) => string;
  readonly #onVisible: () => void;
  readonly #startedMs = performance.now();
  readonly #rate = new RateMeter();
  #finishedFiles = 0;
  #finishedBytes = 0;
  #movingBytes = 0;
  #isVisible = false;

  constructor(
    expected: ExpectedFiles,
    words: (done: number, all: string) => string,
    onVisible: () => void,
  ) {
    this.#expected = expected;
    this.#words = words;
    this.#onVisible = onVisible;
  }

  get isVisible(): boolean {
    return this.#isVisible;
  }

  get state(): BarState {
    const { files, bytes, isGrowing = false } = this.#expected;
    const all = files === undefined ? "?" : `${files}${isGrowing ? "+" : ""}`;
    return {
      name: this.#words(this.#finishedFiles, all),
      stage: "moving",
      doneBytes: this.#finishedBytes + this.#movingBytes,
      totalBytes: isGrowing ? undefined : bytes,
      bytesPerSecond: this.#rate.bytesPerSecond,
    };
  }

  /** @param movingBytes of all files that move now. */
  update(movingBytes: number, nowMs: number): void {
    this.#movingBytes = movingBytes;
    this.#rate.add(this.#finishedBytes + movingBytes, nowMs);
    if (this.#isVisible || nowMs - this.#startedMs < PATIENCE_MS) return;
    this.#isVisible = true;
    this.#onVisible();
  }

  finish(bytes: number): void {
    this.#finishedFiles++;
    this.#finishedBytes += bytes;
    this.#movingBytes = Math.max(0, this.#movingBytes - bytes);
  }
}
