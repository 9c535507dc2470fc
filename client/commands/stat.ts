// ftp stat: what single files and folders of the server are.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { forEach } from "../operations/operation_context.ts";
import { tellFacts } from "../operations/facts_output.ts";
import { expandRemote } from "../operations/remote_names.ts";

/** Defines `ftp stat`. */
export function define(command: Command, world: CommandWorld): void {
  command.argument("<remote...>", "paths, globs in the last part, URLs");
  addConnectionFlags(command)
    .action((remotes: string[], flags: ConnectionFlags) => tell(world, remotes, flags));
}

async function tell(world: CommandWorld, remotes: string[], flags: ConnectionFlags): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const places = remotes.map((remote) => command.placeOf(remote));
  await forEach(command, places, async (place) => {
    const context = command.at(place);
    const found = await expandRemote(context, place.path);
    await forEach(context, found, (each) => tellFacts(context, each));
  });
}
