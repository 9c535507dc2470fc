// The whole terminal policy: who may be asked, what may be drawn, what is coloured, how secrets are typed.

import type { CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { Secret } from "../shared/secret.ts";
import { visibleText } from "./display_width.ts";
import { Input } from "./input.ts";

/** What the flags say about the terminal. */
export interface TerminalOptions {
  /** `-q`: only failures are told. */
  readonly quiet: boolean;
  /** `false` for `--no-color`. */
  readonly color: boolean;
}

/** Something that is being drawn at the bottom of the screen, such as progress bars. */
export interface Drawing {
  /** Takes itself off the screen, so that lines can be printed. */
  hide(): void;
  /** Comes back below what was printed meanwhile. */
  show(): void;
}

const KEY = { ctrlC: 3, ctrlD: 4, backspace: 8, lf: 10, cr: 13, ctrlU: 21, esc: 27, delete: 127 };

/** The terminal of one command, or what stands in for it: pipes, files, nothing at all. */
export class Terminal {
  readonly input: Input;
  /** Whether there is a person to ask: both the answers and the questions are at a terminal. */
  readonly canAsk: boolean;
  /** Whether bars may be drawn on standard error. */
  readonly canDraw: boolean;
  /** Whether standard output is a terminal: columns and escaped names there, plain lines otherwise. */
  readonly showsOutput: boolean;
  /** Whether standard output is coloured. */
  readonly isColored: boolean;
  readonly #world: CommandWorld;
  readonly #quiet: boolean;
  #drawing: Drawing | undefined;

  constructor(world: CommandWorld, options: TerminalOptions) {
    const { env, stdin, stdout, stderr } = world;
    const isDumb = env["TERM"] === "dumb";
    this.#world = world;
    this.#quiet = options.quiet;
    this.input = new Input(stdin);
    this.canAsk = stdin.isTerminal && stderr.isTerminal;
    this.canDraw = stderr.isTerminal && !isDumb && !options.quiet;
    this.showsOutput = stdout.isTerminal;
    // https://no-color.org: present and not empty, whatever its value.
    this.isColored = stdout.isTerminal && !isDumb && options.color && !env["NO_COLOR"];
  }

  /** Columns of standard output, or of standard error; 80 where nobody knows. */
  columns(of: "stdout" | "stderr"): number {
    return this.#world[of].columns || 80;
  }

  /** Prints a line of result on standard output. */
  print(line: string): void {
    this.#aboveDrawing(() => this.#world.stdout.print(`${line}\n`));
  }

  /** Tells the person a line on standard error, unless `-q`; `text` may come from a server. */
  note(text: string): void {
    if (this.#quiet) return;
    this.#aboveDrawing(() => this.#world.stderr.print(`${visibleText(text)}\n`));
  }

  /** Reports a failure without letting a drawing spoil it. */
  report(failure: unknown): void {
    this.#aboveDrawing(() => this.#world.report(failure));
  }

  /** Puts a drawing below everything that is printed, until the result is disposed. */
  draw(drawing: Drawing): Disposable {
    this.#drawing = drawing;
    drawing.show();
    return {
      [Symbol.dispose]: () => {
        drawing.hide();
        if (this.#drawing === drawing) this.#drawing = undefined;
      },
    };
  }

  /** Asks for a line. @throws CommandFailure when nobody can answer, or the person gives up. */
  async ask(question: string, signal: AbortSignal = this.#world.interrupt): Promise<string> {
    this.#demandPerson(question);
    using _hidden = this.#hideDrawing();
    this.#world.stderr.print(visibleText(question));
    try {
      const answer = await this.input.readLine(signal);
      if (answer !== null) return answer;
    } catch (error) {
      this.#world.stderr.print("\n");
      throw signal.aborted ? givenUp(question) : error;
    }
    this.#world.stderr.print("\n");
    throw givenUp(question);
  }

  /** Asks until the answer is yes or no; an empty one is `preset`. */
  async confirm(question: string, preset: boolean, signal?: AbortSignal): Promise<boolean> {
    while (true) {
      const answer = await this.ask(`${question} [${preset ? "Y/n" : "y/N"}] `, signal);
      const word = answer.trim().toLowerCase();
      if (word === "") return preset;
      if (word === "y" || word === "yes") return true;
      if (word === "n" || word === "no") return false;
    }
  }

  /** Asks for a secret: nothing of it is shown, not even its length. */
  async askSecret(question: string, signal: AbortSignal = this.#world.interrupt): Promise<Secret> {
    this.#demandPerson(question);
    using _hidden = this.#hideDrawing();
    this.#world.stderr.print(visibleText(question));
    this.#world.stdin.setRaw(true);
    try {
      return new Secret(await this.#typedSecret(question, signal));
    } finally {
      this.#world.stdin.setRaw(false);
      this.#world.stderr.print("\n");
    }
  }

  async #typedSecret(question: string, signal: AbortSignal): Promise<string> {
    let typed: number[] = [];
    while (true) {
      const keys = await this.input.next(signal).catch((error) => {
        throw signal.aborted ? givenUp(question) : error;
      });
      if (keys === null) throw givenUp(question);
      // An escape sequence (an arrow key) arrives in one piece and is no part of a password.
      if (keys[0] === KEY.esc) continue;
      for (const [at, key] of keys.entries()) {
        if (key === KEY.cr || key === KEY.lf) {
          // What was pasted behind the line's end answers whatever is asked next.
          const next = key === KEY.cr && keys[at + 1] === KEY.lf ? at + 2 : at + 1;
          this.input.unread(keys.subarray(next));
          return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(typed));
        }
        if (key === KEY.ctrlC || (key === KEY.ctrlD && typed.length === 0)) {
          throw givenUp(question);
        }
        if (key === KEY.ctrlU) typed = [];
        else if (key === KEY.backspace || key === KEY.delete) typed = withoutLast(typed);
        else if (key >= 32) typed.push(key);
      }
    }
  }

  #demandPerson(question: string): void {
    if (this.canAsk) return;
    throw new CommandFailure(ExitCode.usage, question.trim(), "there is no terminal to ask at");
  }

  #hideDrawing(): Disposable {
    const drawing = this.#drawing;
    drawing?.hide();
    return { [Symbol.dispose]: () => drawing?.show() };
  }

  #aboveDrawing(print: () => void): void {
    using _hidden = this.#hideDrawing();
    print();
  }
}

function givenUp(question: string): CommandFailure {
  return new CommandFailure(ExitCode.interrupted, question.replace(/[:?\s]+$/, ""), "interrupted");
}

/** Without the last character, which in UTF-8 is a first byte and its followers (10xxxxxx). */
function withoutLast(utf8: readonly number[]): number[] {
  let end = utf8.length - 1;
  while (end > 0 && (utf8[end]! & 0xc0) === 0x80) end--;
  return utf8.slice(0, Math.max(end, 0));
}
