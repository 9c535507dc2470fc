// One line at a time from a person: editing, history and completion by node:readline, over the input that all share.

import { createInterface } from "node:readline";
import { Readable, Writable } from "node:stream";
import type { CommandWorld } from "../../shared/command_line.ts";
import type { Input } from "../input.ts";
import type { Completion } from "./completion.ts";
import { HISTORY_LINES } from "./history_file.ts";

/** What a person did at the prompt. */
export type Typed =
  | { readonly kind: "line"; readonly text: string }
  /** Ctrl-C: the line is dropped. */
  | { readonly kind: "cancelled" }
  /** Ctrl-D on an empty line, or the terminal is gone. */
  | { readonly kind: "end" };

/** What an editor works with. */
export interface LineEditorParts {
  readonly input: Input;
  readonly world: Pick<CommandWorld, "stdin" | "stderr" | "onResize">;
  /** Lines to go back to, oldest first. */
  readonly history: { readonly lines: readonly string[] };
  /** What the word at the end of the line may become; must not throw. */
  complete(line: string): Promise<Completion>;
}

/** Reads lines at a terminal. Between two lines nothing of it reads keys: questions and Ctrl-C are others' then. */
export class LineEditor implements Disposable {
  readonly #parts: LineEditorParts;
  readonly #resizing: Disposable;
  /** Where the line is drawn that is being edited. */
  #display: Writable | undefined;

  constructor(parts: LineEditorParts) {
    this.#parts = parts;
    this.#resizing = parts.world.onResize(() => void this.#display?.emit("resize"));
  }

  [Symbol.dispose](): void {
    this.#resizing[Symbol.dispose]();
  }

  /** Shows the prompt and waits for a line; ends with `signal`. */
  async readLine(prompt: string, signal: AbortSignal): Promise<Typed> {
    const { world: { stderr }, history, complete } = this.#parts;
    const stopped = new AbortController();
    const display = this.#openDisplay();
    this.#display = display;
    const editor = createInterface({
      input: this.#keys(AbortSignal.any([signal, stopped.signal]), () => isOver),
      output: display,
      terminal: true,
      prompt,
      history: history.lines.toReversed(),
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      completer: (line: string, answer: (error: null, found: [string[], string]) => void) =>
        void complete(line).then(({ candidates, typed }) => answer(null, [[...candidates], typed])),
    });
    let isOver = false;
    try {
      const typed = await new Promise<Typed>((resolve) => {
        const end = (typed: Typed) => {
          isOver = true;
          resolve(typed);
        };
        editor.on("line", (text) => end({ kind: "line", text }));
        editor.on("SIGINT", () => end({ kind: "cancelled" }));
        // Ctrl-Z and `fg`: readline has stopped to listen.
        editor.on("SIGCONT", () => editor.prompt(true));
        editor.on("close", () => end({ kind: "end" }));
        editor.prompt();
      });
      if (typed.kind === "cancelled") stderr.print("^C\n");
      if (typed.kind === "end") stderr.print("\n");
      return typed;
    } finally {
      this.#display = undefined;
      editor.close();
      stopped.abort();
    }
  }

  /**
   * The keys as the stream that readline wants. It gets none behind the line's end: what is typed then belongs to
   * the command, which may be an editor, or to the next line.
   */
  #keys(signal: AbortSignal, isOver: () => boolean): Readable {
    const { input, world: { stdin } } = this.#parts;
    const keys = new Readable({
      read() {
        if (isOver()) return;
        nextKeys(input, signal).then((bytes) => this.push(bytes), () => this.push(null));
      },
    });
    let taken: Disposable | undefined;
    return Object.assign(keys, {
      isTTY: true,
      setRawMode(on: boolean) {
        taken?.[Symbol.dispose]();
        taken = on ? stdin.takeKeys("keys") : undefined;
        return keys;
      },
    });
  }

  #openDisplay(): Writable {
    const { world: { stderr } } = this.#parts;
    const display = new Writable({
      decodeStrings: false,
      write(text: string | Uint8Array, _encoding, done) {
        stderr.print(typeof text === "string" ? text : new TextDecoder().decode(text));
        done();
      },
    });
    return Object.defineProperties(display, {
      isTTY: { value: true },
      columns: { get: () => stderr.columns },
    });
  }
}

/** The keys that came together, up to one that ends a line; those behind it stay where they are. */
async function nextKeys(input: Input, signal: AbortSignal): Promise<Uint8Array | null> {
  const bytes = await input.next(signal);
  if (bytes === null) return null;
  const last = bytes.findIndex((key) => LINE_ENDS.includes(key));
  if (last < 0) return bytes;
  const end = bytes[last] === CR && bytes[last + 1] === LF ? last + 2 : last + 1;
  input.unread(bytes.subarray(end));
  return bytes.subarray(0, end);
}

const LF = 10;
const CR = 13;
/** These, and Ctrl-C and Ctrl-D, which end the line as it is. */
const LINE_ENDS: readonly number[] = [CR, LF, 3, 4];

/** A line at a terminal that does not obey escape sequences: as it is typed, without editing. */
export async function readPlainLine(
  prompt: string,
  input: Input,
  world: Pick<CommandWorld, "stderr" | "takeCtrlC">,
  signal: AbortSignal,
): Promise<Typed> {
  const stop = new AbortController();
  using _ctrlC = world.takeCtrlC(() => stop.abort());
  world.stderr.print(prompt);
  try {
    const text = await input.readLine(AbortSignal.any([signal, stop.signal]));
    return text === null ? { kind: "end" } : { kind: "line", text };
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    world.stderr.print("\n");
    return { kind: "cancelled" };
  }
}
