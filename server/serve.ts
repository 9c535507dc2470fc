// `ftp serve` as a command: its argument, a flag for each setting.

import type { Command } from "commander";
import type { CommandWorld } from "../shared/command_line.ts";
import { HOME_VARIABLE, prepareDataDirectory, STANDARD_HOME } from "./data_directory.ts";
import { runServer } from "./run_server.ts";
import { settingRows } from "./settings_table.ts";

/** Adds the argument, the flags and the action. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument(
      "[HOME]",
      "the data directory, made when missing",
      world.env[HOME_VARIABLE] || STANDARD_HOME,
    )
    .option(
      "--config <FILE>",
      "settings file, INI with a section [server] (default: HOME/ftp.ini)",
    );
  // commander gives options by names of its own making.
  const names = new Map<string, string>();
  for (const [, { name, grammar, help, standardShown, standard }] of settingRows()) {
    const about = `${help} (default: ${standardShown ?? grammar.format(standard)})`;
    const option = command.createOption(`--${name} <${grammar.syntax}>`, about);
    if (grammar.isList) option.argParser(joined);
    names.set(option.attributeName(), name);
    command.addOption(option);
  }
  command.action(async (directory: string, options: Record<string, string>) => {
    const { config, ...given } = options;
    const flags = Object.fromEntries(
      Object.entries(given).map(([key, text]) => [names.get(key), text]),
    );
    const home = await prepareDataDirectory(directory);
    await runServer(world, { home, env: world.env, flags, configFile: config });
  });
}

/** A list's flag may be given several times. */
function joined(text: string, before: string | undefined): string {
  return before === undefined ? text : `${before},${text}`;
}
