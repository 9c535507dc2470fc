// All commands of the shell, in the order `help` shows them.

import { ACCOUNT_COMMANDS } from "./account_commands.ts";
import { CHANGING_COMMANDS } from "./changing_commands.ts";
import { LISTING_COMMANDS } from "./listing_commands.ts";
import { PLACE_COMMANDS } from "./place_commands.ts";
import { READING_COMMANDS } from "./reading_commands.ts";
import { SERVER_COMMANDS } from "./server_commands.ts";
import { SETTING_COMMANDS } from "./setting_commands.ts";
import type { ShellCommand } from "./shell_command.ts";
import { ownCommands } from "./shell_own_commands.ts";
import { TRANSFER_COMMANDS } from "./transfer_commands.ts";

/** Every command. */
export const SHELL_COMMANDS: readonly ShellCommand[] = [
  ...LISTING_COMMANDS,
  ...PLACE_COMMANDS,
  ...READING_COMMANDS,
  ...TRANSFER_COMMANDS,
  ...CHANGING_COMMANDS,
  ...ACCOUNT_COMMANDS,
  ...SETTING_COMMANDS,
  ...SERVER_COMMANDS,
  ...ownCommands(() => SHELL_COMMANDS),
];
