// ftp connect: the shell, for a person at a terminal or a script from a pipe.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { addressedServer } from "../addressed_server.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags } from "../connection_flags.ts";
import { type Destination, environmentServer } from "../destination.ts";
import { addConnectionsFlag } from "../operations/lanes.ts";
import { addTransferFlags } from "../operations/transfer_policy.ts";
import { inputScript } from "../shell/script.ts";
import { type ShellFlags, withShell } from "../shell/shell_opening.ts";
import type { Terminal } from "../terminal.ts";

/** Defines `ftp connect`. */
export function define(command: Command, world: CommandWorld): void {
  command.argument("[address]", "[ftp://|ftpes://|ftps://][USER@]HOST[:PORT][/PATH]");
  addConnectionFlags(addConnectionsFlag(addTransferFlags(command), 1))
    .action((address: string | undefined, flags: ShellFlags) => run(world, address, flags));
}

async function run(
  world: CommandWorld,
  address: string | undefined,
  flags: ShellFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const { terminal } = command;
  const place = await destination(address, command);
  await withShell(
    command,
    place,
    flags,
    (shell) =>
      terminal.canAsk ? shell.runInteractively() : shell.runScript(inputScript(terminal.input)),
  );
}

async function destination(
  given: string | undefined,
  command: ClientCommand,
): Promise<Destination | undefined> {
  const { flags, terminal, opening: { world: { env } } } = command;
  const known = flags.server ?? flags.host ?? environmentServer(env);
  if (given !== undefined || known !== undefined) return addressedServer(given, command);
  const typed = await askServer(terminal);
  return typed === "" ? undefined : addressedServer(typed, command);
}

/** An empty answer leaves it to the command `open`. */
async function askServer(terminal: Terminal): Promise<string> {
  if (terminal.canAsk) return (await terminal.ask(terminal.texts.session.server)).trim();
  throw new CommandFailure(ExitCode.usage, "connect", "no server is named", {
    hint: "ftp connect HOST, or FTP_SERVER in the environment",
  });
}
