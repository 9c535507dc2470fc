// ftp connect: the shell, for a person at a terminal or a script from a pipe.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { addressedServer } from "../addressed_server.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { type Destination, environmentServer } from "../destination.ts";
import { addConnectionsFlag, type ConnectionsFlag } from "../operations/lanes.ts";
import {
  addTransferFlags,
  type TransferFlags,
  transferPolicy,
} from "../operations/transfer_policy.ts";
import { progressDisplay } from "../progress.ts";
import { Connection } from "../shell/connection.ts";
import type { ShellSettings } from "../shell/settings.ts";
import { Shell } from "../shell/shell.ts";
import type { Terminal } from "../terminal.ts";

interface ConnectFlags extends ConnectionFlags, TransferFlags, ConnectionsFlag {}

/** Defines `ftp connect`. */
export function define(command: Command, world: CommandWorld): void {
  command.argument("[address]", "[ftp://|ftpes://|ftps://][USER@]HOST[:PORT][/PATH]");
  addConnectionFlags(addConnectionsFlag(addTransferFlags(command), 1))
    .action((address: string | undefined, flags: ConnectFlags) => run(world, address, flags));
}

async function run(
  world: CommandWorld,
  address: string | undefined,
  flags: ConnectFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const { terminal } = command;
  const place = await destination(address, command);
  using progress = progressDisplay(terminal, world.stderr);
  const settings = initialSettings(flags, terminal);
  await using connection = new Connection({ opening: command.opening, progress, settings });
  if (place !== undefined) await connection.open(place, world.interrupt);
  const report = (failure: unknown) => command.report(failure);
  const shell = new Shell({ world, terminal, connection, settings, report });
  if (terminal.canAsk) await shell.runInteractively();
  else await shell.runScript();
}

/** What the flags of the command line set. */
function initialSettings(flags: ConnectFlags, terminal: Terminal): ShellSettings {
  const { ifExists, options, retries } = transferPolicy(flags, terminal);
  return {
    type: "image",
    ifExists,
    verify: options.verify ?? "auto",
    limitRate: options.limitRate,
    preserve: options.preserve ?? true,
    retries,
    parallel: flags.connections,
    active: flags.active ?? false,
    debug: flags.verbose ?? false,
    json: flags.json ?? false,
  };
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
