// The bars at the bottom of the terminal: one for each transfer that runs, gone when it is done.

import type { CommandOutput } from "../shared/command_line.ts";
import type { TransferProgress } from "./client.ts";
import { type BarState, formatBar, RateMeter } from "./progress_bar.ts";
import type { Drawing, Terminal } from "./terminal.ts";

/** A transfer that is over sooner gets no bar: a thousand small files would only flicker. */
const PATIENCE_MS = 150;

const REDRAWS_A_SECOND = 10;

/** One transfer's place in the display. `using` takes its bar away. */
export interface Track extends Disposable {
  update(progress: TransferProgress): void;
}

/** Shows how far transfers are; nothing where there is no terminal to draw on. */
export interface ProgressDisplay extends Disposable {
  /** A transfer begins; `name` is what people know it by. */
  track(name: string): Track;
}

/** The display for this terminal; `stderr` is where it draws. */
export function progressDisplay(terminal: Terminal, stderr: CommandOutput): ProgressDisplay {
  return terminal.canDraw ? new BarDisplay(terminal, stderr) : NOTHING_SHOWN;
}

const NOTHING_SHOWN: ProgressDisplay = {
  track: () => ({ update() {}, [Symbol.dispose]() {} }),
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
      update: (progress) => track.update(progress, performance.now()),
      [Symbol.dispose]: () => {
        this.#running.delete(track);
        if (track.isVisible) this.#arrange();
      },
    };
  }

  show(): void {
    const visible = [...this.#running].filter((track) => track.isVisible);
    if (this.#makeBars === undefined || visible.length === 0) return;
    this.#bars = this.#makeBars({
      stream: this.#stream(),
      fps: REDRAWS_A_SECOND,
      clearOnComplete: true,
      // Lines are cut to the width already; switching the terminal's wrapping off could outlive a crash.
      linewrap: true,
      format: (_options: object, params: { readonly maxWidth: number }, payload: BarPayload) =>
        formatBar(payload.state(), params.maxWidth - 1),
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
    const isAnyVisible = [...this.#running].some((track) => track.isVisible);
    this.#drawing = isAnyVisible ? this.#terminal.draw(this) : undefined;
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
