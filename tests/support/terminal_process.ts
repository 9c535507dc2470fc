// A program, our own mostly, at a real pseudo-terminal: a test types what a person types and reads what is shown.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ftpCommandLine, ownMemory } from "./program.ts";

const BRIDGE = fileURLToPath(new URL("terminal_bridge.py", import.meta.url));

const LIMIT_MS = 30_000;

/** A program that shows more is out of control, and everything it shows is kept. */
const SHOWN_LIMIT_CHARACTERS = 16 * 1024 * 1024;

/** How it is run. */
export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly columns?: number;
  /** Another program than ours, given the same arguments. */
  readonly program?: string;
  /** What takes longer than this to come never comes; 30 seconds by default. */
  readonly limitMs?: number;
}

/** A program at a terminal. `await using` ends it. */
export class TerminalProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #typing: WritableStreamDefaultWriter<Uint8Array>;
  readonly #ended: Promise<void>;
  readonly #limitMs: number;
  readonly #memory: ReturnType<typeof ownMemory>;
  #shown = "";
  /** Where the next expectation starts. */
  #seenTo = 0;
  #onShown: () => void = () => {};
  #hasEnded = false;

  constructor(args: readonly string[], options: TerminalOptions = {}) {
    const { env = {}, cwd, columns = 100, limitMs = LIMIT_MS } = options;
    const [program, programArgs] = options.program === undefined
      ? ftpCommandLine(args)
      : [options.program, args];
    this.#limitMs = limitMs;
    this.#memory = ownMemory(env);
    this.#child = new Deno.Command("/usr/bin/python3", {
      args: [BRIDGE, String(columns), "30", program, ...programArgs],
      // What whoever runs the tests prefers must not decide what they see.
      env: { TERM: "xterm-256color", NO_COLOR: "", ...this.#memory.env },
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#typing = this.#child.stdin.getWriter();
    this.#ended = this.#read();
  }

  /** Everything that was written to the terminal so far, escape sequences included. */
  get shown(): string {
    return this.#shown;
  }

  /** The same without escape sequences. */
  get text(): string {
    // deno-lint-ignore no-control-regex -- they begin with a control character
    return this.#shown.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
  }

  /** Types a text; `\r` is Enter, `\x03` Ctrl-C. */
  async type(text: string): Promise<void> {
    await this.#typing.write(new TextEncoder().encode(text));
  }

  /** Types a text and, once it is shown, a key: keys that come together are taken for pasted ones. */
  async press(text: string, key: string): Promise<void> {
    const from = this.#seenTo;
    await this.type(text);
    if (text !== "") await this.see(/\S/);
    this.#seenTo = from;
    await this.type(key);
  }

  /** Waits until a text that fits is shown behind what was waited for before; colours and cursor moves left out. */
  async see(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = performance.now() + this.#limitMs;
    while (true) {
      const match = pattern.exec(this.text.slice(this.#seenTo));
      if (match !== null) {
        this.#seenTo += match.index + match[0].length;
        return match;
      }
      const leftMs = deadline - performance.now();
      assert.ok(leftMs > 0 && !this.#hasEnded, `never shown: ${pattern}\n${this.#shown}`);
      await this.#change(leftMs);
    }
  }

  /** Makes the terminal half as wide. */
  narrow(): void {
    this.#child.kill("SIGUSR1");
  }

  /** Waits for the program's end. @returns its exit code */
  async end(): Promise<number> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), this.#limitMs);
    try {
      const { code } = await this.#child.status;
      await this.#ended;
      return code;
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Hanging up ends whatever still runs there.
    await this.#typing.close().catch(() => {});
    await this.end();
    this.#memory[Symbol.dispose]();
  }

  async #read(): Promise<void> {
    for await (const part of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.#shown += part;
      if (this.#shown.length > SHOWN_LIMIT_CHARACTERS) {
        this.#child.kill("SIGKILL");
        break;
      }
      this.#onShown();
    }
    this.#hasEnded = true;
    this.#onShown();
  }

  async #change(limitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onShown = resolve;
    const timer = setTimeout(resolve, limitMs);
    await promise;
    clearTimeout(timer);
  }
}
