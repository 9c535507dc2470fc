// ftp du: how much is in folders of the server.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { forEach } from "../operations/operation_context.ts";
import { expandRemote } from "../operations/remote_names.ts";
import { tellUsage } from "../operations/remote_tree.ts";

/** Defines `ftp du`. */
export function define(command: Command, world: CommandWorld): void {
  command.argument(
    "[remote...]",
    "folders, files, globs in the last part, URLs; else the login folder",
  );
  addConnectionFlags(command)
    .action((remotes: string[], flags: ConnectionFlags) => add(world, remotes, flags));
}

async function add(world: CommandWorld, remotes: string[], flags: ConnectionFlags): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const places = (remotes.length === 0 ? [""] : remotes).map((remote) => command.placeOf(remote));
  await forEach(command, places, async (place) => {
    const context = command.at(place);
    const found = await expandRemote(context, place.path);
    await forEach(context, found, ({ path }) => tellUsage(context, path));
  });
}
