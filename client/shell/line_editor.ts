// One line at a time from a person: editing and history by node:readline, over the input that all readers share.

import { createInterface } from "node:readline";
import { Readable, Writable } from "node:stream";
import type { CommandInput, CommandOutput } from "../../shared/command_line.ts";
import type { Input } from "../input.ts";

/** Lines that the arrow keys go back to. */
const HISTORY_LINES = 1_000;

/** What a person did at the prompt. */
export type Typed =
  | { readonly kind: "line"; readonly text: string }
  /** Ctrl-C: the line is dropped. */
  | { readonly kind: "cancelled" }
  /** Ctrl-D on an empty line, or the terminal is gone. */
  | { readonly kind: "end" };

/** Reads lines at a terminal. Between two lines nothing of it is left running: questions and Ctrl-C are others' then. */
export class LineEditor {
  readonly #input: Input;
  readonly #stdin: CommandInput;
  readonly #screen: CommandOutput;
  #history: string[] = [];
  /** Lines that were pasted behind another one. */
  readonly #ahead: string[] = [];
  /** What was typed behind the last line's end. */
  #begun = "";

  constructor(input: Input, stdin: CommandInput, screen: CommandOutput) {
    this.#input = input;
    this.#stdin = stdin;
    this.#screen = screen;
  }

  /** Shows the prompt and waits for a line; ends with `signal`. */
  async readLine(prompt: string, signal: AbortSignal): Promise<Typed> {
    const ahead = this.#ahead.shift();
    if (ahead !== undefined) {
      this.#screen.print(`${prompt}${ahead}\n`);
      return { kind: "line", text: ahead };
    }
    const stopped = new AbortController();
    const editor = createInterface({
      input: this.#keys(AbortSignal.any([signal, stopped.signal])),
      output: this.#display(),
      terminal: true,
      prompt,
      history: this.#history,
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
    });
    const lines: string[] = [];
    try {
      const typed = await new Promise<Typed>((resolve) => {
        editor.on("line", (line) => {
          lines.push(line);
          resolve({ kind: "line", text: lines[0] ?? "" });
        });
        editor.on("SIGINT", () => resolve({ kind: "cancelled" }));
        editor.on("close", () => resolve({ kind: "end" }));
        editor.on("history", (history) => this.#history = history);
        editor.prompt();
        editor.write(this.#begun);
      });
      // All keys of one chunk have been seen by now: what follows the line is kept.
      this.#begun = typed.kind === "line" ? editor.line : "";
      this.#ahead.push(...lines.slice(1));
      if (typed.kind === "cancelled") this.#screen.print("^C\n");
      if (typed.kind === "end") this.#screen.print("\n");
      return typed;
    } finally {
      editor.close();
      stopped.abort();
    }
  }

  /** The keys as the stream that readline wants; what it has not taken when it ends stays in the input. */
  #keys(signal: AbortSignal): Readable {
    const input = this.#input;
    const stdin = this.#stdin;
    const keys = new Readable({
      read() {
        input.next(signal).then((bytes) => this.push(bytes), () => this.push(null));
      },
    });
    return Object.assign(keys, {
      isTTY: true,
      setRawMode(on: boolean) {
        stdin.setRaw(on);
        return keys;
      },
    });
  }

  #display(): Writable {
    const screen = this.#screen;
    const display = new Writable({
      decodeStrings: false,
      write(text: string | Uint8Array, _encoding, done) {
        screen.print(typeof text === "string" ? text : new TextDecoder().decode(text));
        done();
      },
    });
    return Object.defineProperties(display, {
      isTTY: { value: true },
      columns: { get: () => screen.columns },
    });
  }
}
