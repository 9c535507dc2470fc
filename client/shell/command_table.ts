// All commands of the shell, and what is found by a name that was typed.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { nearestName } from "../../shared/nearest_name.ts";
import { CHANGING_COMMANDS } from "./changing_commands.ts";
import { LOOKING_COMMANDS } from "./looking_commands.ts";
import { type ShellCommand, usageOf } from "./shell_command.ts";

const HELP: ShellCommand = {
  names: ["help", "?"],
  usage: "[COMMAND]",
  help: "lists the commands, or tells more of one",
  example: "help get",
  takes: [0, 1],
  run: ({ texts: [name] }, { context: { terminal } }) => {
    for (const line of name === undefined ? overview() : details(findCommand(name))) {
      terminal.print(line);
    }
  },
};

const QUIT: ShellCommand = {
  names: ["quit", "exit", "bye"],
  usage: "",
  help: "leaves",
  example: "quit",
  takes: [0, 0],
  run: (_args, state) => state.leave(),
};

/** Every command, in the order `help` shows them. */
export const SHELL_COMMANDS: readonly ShellCommand[] = [
  ...LOOKING_COMMANDS,
  ...CHANGING_COMMANDS,
  HELP,
  QUIT,
];

/** The command of a name, whatever its case. @throws CommandFailure `usage`, with the nearest name */
export function findCommand(name: string): ShellCommand {
  const wanted = name.toLowerCase();
  const found = SHELL_COMMANDS.find((command) => command.names.includes(wanted));
  if (found !== undefined) return found;
  const meant = nearestName(wanted, SHELL_COMMANDS.flatMap((command) => command.names));
  const hint = meant === undefined ? "help lists all commands" : `did you mean "${meant}"?`;
  throw new CommandFailure(ExitCode.usage, `"${name}"`, "no such command", { hint });
}

function overview(): string[] {
  const rows = SHELL_COMMANDS.map((command) => ({ usage: usageOf(command), help: command.help }));
  const columns = Math.max(...rows.map(({ usage }) => usage.length));
  return rows.map(({ usage, help }) => `${usage.padEnd(columns)}  ${help}`);
}

function details(command: ShellCommand): string[] {
  const [, ...others] = command.names;
  return [
    usageOf(command),
    `  ${command.help}`,
    `  for example: ${command.example}`,
    ...(others.length > 0 ? [`  also: ${others.join(", ")}`] : []),
  ];
}
