// Runs one row of the table of commands: arguments in, exit code out, every failure printed once.

import type { Command, CommanderError } from "commander";
import type { CommandRow, CommandWorld } from "./command_line.ts";
import { CommandFailure, ExitCode } from "./exit_code.ts";
import { printedFailure } from "./failure_printer.ts";

/** The process without what the runner itself adds. */
export type ProcessWorld = Omit<CommandWorld, "report">;

/**
 * Runs the command with the arguments after its name.
 *
 * @param told a failure as the person is told it, e.g. in their language.
 * @returns the process's exit code: the first reported failure's, else the thrown one's, else 0.
 */
export async function runCommand(
  row: CommandRow,
  args: readonly string[],
  process: ProcessWorld,
  told = (failure: unknown) => failure,
): Promise<ExitCode> {
  let exitCode: ExitCode | undefined;
  const report = (failure: unknown) => {
    const printed = printedFailure(told(failure), process.env["FTP_DEBUG"] === "1");
    process.stderr.print(printed.text);
    exitCode ??= printed.exitCode;
  };
  try {
    await parseAndRun(row, args, { ...process, report });
  } catch (error) {
    if (process.interrupt.aborted) return interrupted(error, report);
    report(error);
  }
  return exitCode ?? ExitCode.done;
}

/** After Ctrl-C only what the command itself has to say about it is of interest. */
function interrupted(error: unknown, report: (failure: unknown) => void): ExitCode {
  if (error instanceof CommandFailure && error.exitCode === ExitCode.interrupted) report(error);
  return ExitCode.interrupted;
}

async function parseAndRun(
  row: CommandRow,
  args: readonly string[],
  world: CommandWorld,
): Promise<void> {
  // Both are loaded here and not above: `ftp --version` needs neither.
  const [{ Command, CommanderError }, module] = await Promise.all([
    import("commander"),
    row.load(),
  ]);
  const command = new Command(`ftp ${row.name}`);
  command
    .summary(row.summary)
    .description(row.summary)
    .exitOverride()
    .showSuggestionAfterError(true)
    .helpOption("-h, --help", "shows this")
    .helpCommand(false)
    .configureOutput({ writeOut: (text) => world.stdout.print(text), writeErr: () => {} });
  module.define(command, world);
  try {
    await command.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    throw usageFailure(command, args, error);
  }
}

/** commander's own errors in our shape: `error: unknown option '--x'\n(Did you mean --y?)`. */
function usageFailure(
  top: Command,
  args: readonly string[],
  error: CommanderError,
): CommandFailure {
  const { name, command } = meantCommand(top, args);
  const tried = name.replace(/^ftp /, "");
  if (error.code === "commander.help") {
    const names = command.commands.map((each) => each.name()).join(", ");
    return new CommandFailure(ExitCode.usage, tried, `one of these is needed: ${names}`, {
      hint: `${name} --help tells what they do`,
    });
  }
  const [first = "", suggestion = ""] = error.message.replace(/^error: /, "").split("\n");
  const meant = /^\(Did you mean (.*)\?\)$/.exec(suggestion)?.[1];
  return new CommandFailure(ExitCode.usage, tried, first.replaceAll("'", '"'), {
    hint: meant === undefined ? `${name} --help shows what it takes` : `did you mean "${meant}"?`,
    cause: error,
  });
}

/** The subcommand that the arguments lead to: commander's errors do not tell. */
function meantCommand(
  top: Command,
  args: readonly string[],
): { readonly name: string; readonly command: Command } {
  let [name, command] = [top.name(), top];
  for (const arg of args) {
    const next = command.commands.find((each) => each.name() === arg);
    if (next === undefined) break;
    [name, command] = [`${name} ${arg}`, next];
  }
  return { name, command };
}
