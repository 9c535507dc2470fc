// The whole terminal policy: who may be asked, what may be drawn, what is coloured, how secrets are typed.

import type { CommandInput, CommandWorld } from "../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import type { Secret } from "../shared/secret.ts";
import { askSecret } from "../shared/secret_prompt.ts";
import { displayWidth, visibleText } from "./display_width.ts";
import { Input } from "./input.ts";
import type { Texts } from "./texts/english.ts";
import { textsFor } from "./texts/texts.ts";

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
  /** Whether lines can be edited in place: the terminal obeys escape sequences. */
  readonly canEdit: boolean;
  /** Whether the prompt, on standard error, is coloured. */
  readonly isPromptColored: boolean;
  /** What people are told, in their language. */
  readonly texts: Texts;
  readonly #world: CommandWorld;
  readonly #quiet: boolean;
  #drawing: Drawing | undefined;
  /** Lines that wait for the end of a question. */
  #held: (() => void)[] | undefined;
  #lastQuestion: Promise<unknown> = Promise.resolve();

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
    const mayColor = !isDumb && options.color && !env["NO_COLOR"];
    this.isColored = stdout.isTerminal && mayColor;
    this.canEdit = this.canAsk && !isDumb;
    this.isPromptColored = this.canEdit && mayColor;
    this.texts = textsFor(env);
  }

  /** Columns of standard output, or of standard error; 80 where nobody knows. */
  columns(of: "stdout" | "stderr"): number {
    return this.#world[of].columns || 80;
  }

  /** Lines of standard output's terminal; 24 where nobody knows. */
  get rows(): number {
    return this.#world.stdout.rows || 24;
  }

  /** A text for standard output: exactly as it is for a program, without what steers a terminal for a person. */
  legible(text: string): string {
    return this.showsOutput ? visibleText(text) : text;
  }

  /** Prints a line of result on standard output. */
  print(line: string): void {
    this.above(() => this.#world.stdout.print(`${line}\n`));
  }

  /** Writes a control sequence of ours, e.g. to clear the screen; only where `canEdit`. */
  steer(sequence: string): void {
    this.above(() => this.#world.stderr.print(sequence));
  }

  /** Tells the person a line on standard error, unless `-q`; `text` may come from a server. */
  note(text: string): void {
    if (!this.#quiet) this.tell(text);
  }

  /** The same in spite of `-q`: what a question is about. */
  tell(text: string): void {
    this.above(() => this.#world.stderr.print(`${visibleText(text)}\n`));
  }

  /** Reports a failure without letting a drawing spoil it. */
  report(failure: unknown): void {
    this.above(() => this.#world.report(failure));
  }

  /** Lets `print` write lines while a drawing is out of the way. */
  above(print: () => void): void {
    if (this.#held !== undefined) return void this.#held.push(print);
    using _hidden = this.#hideDrawing();
    print();
  }

  /** Puts a drawing below everything that is printed, until the result is disposed. */
  draw(drawing: Drawing): Disposable {
    this.#drawing = drawing;
    if (this.#held === undefined) drawing.show();
    return {
      [Symbol.dispose]: () => {
        drawing.hide();
        if (this.#drawing === drawing) this.#drawing = undefined;
      },
    };
  }

  /** Lets `work` ask once nobody else does: of several transfers only one is asked about at a time. */
  async oneQuestion<T>(work: () => Promise<T>): Promise<T> {
    const asked = this.#lastQuestion.then(work, work);
    this.#lastQuestion = asked;
    return await asked;
  }

  /**
   * Until the result is disposed, what is typed is neither shown nor edited while a command runs, and no bar is
   * spoiled by it: it waits for the next prompt. Questions show their answers all the same; Ctrl-C stays a signal.
   */
  holdKeys(): Disposable {
    return this.canEdit ? this.#world.stdin.takeKeys("held") : NOTHING_TAKEN;
  }

  /** Until the result is disposed, the terminal echoes and edits lines again: for an answer, for another program. */
  lendKeys(): Disposable {
    return this.canEdit ? this.#world.stdin.takeKeys("lines") : NOTHING_TAKEN;
  }

  /** Asks for a line. @throws CommandFailure when nobody can answer, or the person gives up. */
  async ask(question: string, signal: AbortSignal = this.#world.interrupt): Promise<string> {
    this.#demandPerson(question);
    using _asking = this.#beginQuestion();
    using _lines = this.lendKeys();
    this.#world.stderr.print(visibleText(question));
    try {
      const answer = await this.input.readAnswer(signal);
      if (answer?.wasHeld) this.#world.stderr.print(`${visibleText(answer.text)}\n`);
      if (answer !== null) return answer.text;
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
      const { yes, no, yesWords, noWords } = this.texts.answers;
      const answer = await this.ask(`${question} [${preset ? yes : no}] `, signal);
      const word = answer.trim().toLowerCase();
      if (word === "") return preset;
      if (yesWords.includes(word)) return true;
      if (noWords.includes(word)) return false;
    }
  }

  /** Asks for a secret: nothing of it is shown, not even its length. */
  async askSecret(question: string): Promise<Secret> {
    this.#demandPerson(question);
    using _asking = this.#beginQuestion();
    const { isTerminal } = this.#world.stdin;
    const stdin: CommandInput = {
      isTerminal,
      read: (into) => this.input.read(into),
      takeKeys: (mode) => this.#world.stdin.takeKeys(mode),
    };
    return await askSecret({ ...this.#world, stdin }, visibleText(question));
  }

  /** Shows a line, waits for one key and takes the line away again. @throws the signal's reason */
  async askKey(question: string, signal: AbortSignal): Promise<string> {
    this.#demandPerson(question);
    const { stdin, stderr } = this.#world;
    using _keys = stdin.takeKeys("keys");
    try {
      stderr.print(visibleText(question));
      return new TextDecoder().decode(await this.input.next(signal) ?? undefined);
    } finally {
      stderr.print(`\r${" ".repeat(displayWidth(question))}\r`);
    }
  }

  #demandPerson(question: string): void {
    if (this.canAsk) return;
    throw new CommandFailure(ExitCode.usage, question.trim(), "there is no terminal to ask at");
  }

  /** Until the result is disposed, nothing is drawn or printed into the line of the answer. */
  #beginQuestion(): Disposable {
    this.#drawing?.hide();
    this.#held ??= [];
    return {
      [Symbol.dispose]: () => {
        const held = this.#held ?? [];
        this.#held = undefined;
        for (const print of held) print();
        this.#drawing?.show();
      },
    };
  }

  #hideDrawing(): Disposable {
    const drawing = this.#drawing;
    drawing?.hide();
    return { [Symbol.dispose]: () => drawing?.show() };
  }
}

const NOTHING_TAKEN: Disposable = { [Symbol.dispose]() {} };

function givenUp(question: string): CommandFailure {
  return new CommandFailure(ExitCode.interrupted, question.replace(/[:?\s]+$/, ""), "interrupted");
}
