// What a command of the executable looks like to somebody who types it: its options, subcommands and what they take.

import type { Command } from "commander";
import type { CommandRow, CommandWorld } from "../../shared/command_line.ts";

/** One option. */
export interface OptionShape {
  /** `-s`, `--server`; at least one. */
  readonly names: readonly string[];
  readonly help: string;
  /** Whether a value follows. */
  readonly takesValue: boolean;
  /** The values there are; empty where it may be anything. */
  readonly choices: readonly string[];
  /** Whether the value may be the name of a site. */
  readonly takesSite: boolean;
}

/** One command, or one of its subcommands. */
export interface CommandShape {
  readonly name: string;
  readonly help: string;
  readonly options: readonly OptionShape[];
  readonly subcommands: readonly CommandShape[];
  /** What its arguments may be, where that is known: `bash`, `zsh`, `fish`. */
  readonly choices: readonly string[];
  /** Whether its first argument may be the name of a site. */
  readonly takesSite: boolean;
}

/** What a shell runs to know the sites there are. */
export const SITE_NAMES = "ftp site ls --names 2>/dev/null";

/** Looks at every command of the table, which loads them all. */
export async function commandShapes(
  rows: readonly CommandRow[],
  world: CommandWorld,
): Promise<CommandShape[]> {
  const { Command } = await import("commander");
  return await Promise.all(rows.map(async (row) => {
    const command = new Command(row.name).summary(row.summary).helpOption(
      "-h, --help",
      "shows this",
    );
    (await row.load()).define(command, world);
    return shapeOf(command);
  }));
}

function shapeOf(command: Command): CommandShape {
  // The help option is no part of `options`: commander makes it when it prints help.
  const options = command.createHelp().visibleOptions(command);
  return {
    name: command.name(),
    help: command.summary() || command.description(),
    options: options.map(({ flags, short, long, description, required, optional, argChoices }) => ({
      names: [short, long].filter((name) => name !== undefined),
      help: description,
      takesValue: required || optional,
      choices: argChoices ?? [],
      takesSite: flags.includes("<address>"),
    })),
    subcommands: command.commands.map(shapeOf),
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    takesSite: ["address", "site"].includes(command.registeredArguments[0]?.name() ?? ""),
  };
}
