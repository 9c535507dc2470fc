// The shell: lines in, commands run one after the other, at a terminal or from a script.

import { resolve } from "node:path";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { printedFailure } from "../../shared/failure_printer.ts";
import { visibleText } from "../display_width.ts";
import { localFacts } from "../operations/local_files.ts";
import { attempt } from "../operations/operation_context.ts";
import type { TransferPolicy } from "../operations/transfer_policy.ts";
import type { Terminal } from "../terminal.ts";
import { findCommand } from "./command_table.ts";
import { LineEditor } from "./line_editor.ts";
import type { RemoteSession } from "./remote_session.ts";
import { parseShellArguments, type ShellState } from "./shell_command.ts";
import { parseWords } from "./words.ts";

/** Everything a shell is made of. */
export interface ShellParts {
  readonly world: CommandWorld;
  readonly terminal: Terminal;
  readonly session: RemoteSession;
  readonly policy: TransferPolicy;
  /** Reports a failure of one of several things; throws on what is none: an interrupt, a bug. */
  report(failure: unknown): void;
}

/** Runs lines until the input ends or a command leaves. */
export class Shell {
  readonly #parts: ShellParts;
  #localFolder = Deno.cwd();
  #isLeaving = false;

  constructor(parts: ShellParts) {
    this.#parts = parts;
  }

  /** Talks with a person: failures are shown, and the next line is asked for. */
  async runInteractively(): Promise<void> {
    const { world, terminal, session } = this.#parts;
    const editor = new LineEditor(terminal.input, world.stdin, world.stderr);
    while (!this.#isLeaving) {
      const prompt = `ftp ${session.label}:${visibleText(session.folder)}> `;
      const typed = await editor.readLine(prompt, world.interrupt);
      world.interrupt.throwIfAborted();
      if (typed.kind === "end") return;
      if (typed.kind === "line") await this.#runForPerson(typed.text);
    }
  }

  /** Runs a script: the first command that fails ends it. @throws CommandFailure */
  async runScript(): Promise<void> {
    const { world, terminal, report } = this.#parts;
    while (!this.#isLeaving) {
      const line = await terminal.input.readLine(world.interrupt);
      if (line === null) return;
      let hasFailed = false;
      await this.#runLine(line, world.interrupt, (failure) => {
        hasFailed = true;
        report(failure);
      });
      if (hasFailed) return;
    }
  }

  async #runForPerson(line: string): Promise<void> {
    const { world } = this.#parts;
    const stop = new AbortController();
    using _ctrlC = world.takeCtrlC(() => stop.abort(new DOMException("interrupted", "AbortError")));
    const show = (failure: unknown) => {
      const { text } = printedFailure(failure, world.env["FTP_DEBUG"] === "1");
      world.stderr.print(text);
    };
    try {
      const signal = AbortSignal.any([stop.signal, world.interrupt]);
      await this.#runLine(line, signal, (failure) => {
        // Ctrl-C ends the whole command, not only one of its files.
        if (!(failure instanceof CommandFailure) || stop.signal.aborted) throw failure;
        this.#parts.terminal.above(() => show(failure));
      });
    } catch (error) {
      if (world.interrupt.aborted) throw error;
      show(error);
    }
  }

  /** @throws whatever the command threw */
  async #runLine(
    line: string,
    signal: AbortSignal,
    report: (failure: unknown) => void,
  ): Promise<void> {
    const words = parseWords(line);
    if (!words.ok) throw new CommandFailure(ExitCode.usage, `"${line}"`, words.why);
    const [name, ...rest] = words.value;
    if (name === undefined) return;
    const command = findCommand(name.text);
    const args = parseShellArguments(command, rest);
    await command.run(args, this.#state(signal, report));
  }

  #state(signal: AbortSignal, report: (failure: unknown) => void): ShellState {
    const { session, policy, world } = this.#parts;
    const home = world.env["HOME"] ?? world.env["USERPROFILE"] ?? ".";
    return {
      context: session.context(signal, report),
      policy,
      remoteFolder: session.folder,
      localFolder: this.#localFolder,
      enterRemoteFolder: (path) => session.enter(path === "~" ? session.loginFolder : path, signal),
      enterLocalFolder: async (path) => {
        const folder = resolve(this.#localFolder, path.replace(/^~(?=$|[/\\])/, home));
        const facts = await attempt(`lcd "${path}"`, () => localFacts(folder));
        if (facts?.isFolder) this.#localFolder = folder;
        else throw new CommandFailure(ExitCode.notThere, `lcd "${path}"`, "no such folder here");
      },
      leave: () => void (this.#isLeaving = true),
    };
  }
}
