// ftp quota: how much of what one may keep at a server is used.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { addressedServer } from "../addressed_server.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { tellQuota } from "../operations/quota_output.ts";

/** Defines `ftp quota`. */
export function define(command: Command, world: CommandWorld): void {
  command.argument("[address]", "[NAME@]HOST[:PORT]");
  addConnectionFlags(command)
    .action((address: string | undefined, flags: ConnectionFlags) => tell(world, address, flags));
}

async function tell(
  world: CommandWorld,
  address: string | undefined,
  flags: ConnectionFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  await tellQuota(command.at(addressedServer(address, command)));
}
