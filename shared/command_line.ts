// What a command of the executable is, and all it sees of the process: so a test can run one in-process.

import type { Command } from "commander";
import type { ByteSink, ByteSource } from "./byte_stream.ts";

/**
 * How a terminal hands over what is typed. `lines`: whole lines, which the terminal echoes and lets be edited;
 * `held`: unseen, kept as typed for whoever reads next, Ctrl-C still a signal; `keys`: one by one, unseen, Ctrl-C
 * a key like the others.
 */
export type KeyMode = "lines" | "held" | "keys";

/** Standard input. */
export interface CommandInput extends ByteSource {
  readonly isTerminal: boolean;
  /** Until the result is disposed, keys come in this mode, afterwards as before; terminals only. */
  takeKeys(mode: KeyMode): Disposable;
}

/** Standard output or standard error. */
export interface CommandOutput extends ByteSink {
  readonly isTerminal: boolean;
  /** Columns of the terminal; `undefined` where there is none. */
  readonly columns: number | undefined;
  /** Lines of the terminal, likewise. */
  readonly rows: number | undefined;
  /** Writes text at once, exactly as it is: the caller ends its lines. */
  print(text: string): void;
}

/** The process, as a command may use it; nothing else of it is touched. */
export interface CommandWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: CommandInput;
  readonly stdout: CommandOutput;
  readonly stderr: CommandOutput;
  /** Fires at Ctrl-C or SIGTERM: clean up and throw, and the process exits with 130. A second one ends it at once. */
  readonly interrupt: AbortSignal;
  /**
   * Until the result is disposed, Ctrl-C calls `onCtrlC` and does nothing else: in the shell it ends one command,
   * not the process. SIGTERM still fires `interrupt`.
   */
  takeCtrlC(onCtrlC: () => void): Disposable;
  /** Until the result is disposed, `redraw` is called when the terminal has another size. */
  onResize(redraw: () => void): Disposable;
  /**
   * Prints a failure as `ftp: tried: happened` and lets the command go on (the next of several
   * files); the process exits with the code of the first one reported.
   */
  report(failure: unknown): void;
}

/** What every command module exports, e.g. `client/commands/put.ts`. */
export interface CommandModule {
  /**
   * Adds arguments, options, subcommands and the action. `command` already has its name, its summary
   * and the error shape; the action throws `CommandFailure` when it could not do its work.
   *
   * @example
   * ```ts ignore
   * export function define(command: Command, world: CommandWorld): void {
   *   command.argument("<remote>", "what to remove").option("-r", "folders too")
   *     .action(async (remote: string, options: { r?: true }) => { ... });
   * }
   * ```
   */
  define(command: Command, world: CommandWorld): void;
}

/** One row of the table of commands in main.ts; help and completions are derived from it. */
export interface CommandRow {
  readonly name: string;
  /** One sentence, as `ftp help` shows it. */
  readonly summary: string;
  /** Loads the module only when the command is asked for: start-up stays fast. */
  load(): Promise<CommandModule>;
}
