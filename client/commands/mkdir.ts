// ftp mkdir: makes folders at the server.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { makeNewFolder, makePath } from "../operations/folders.ts";
import { forEach } from "../operations/operation_context.ts";

interface MakeFlags extends ConnectionFlags {
  readonly parents?: true;
}

/** Defines `ftp mkdir`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("<remote...>", "folders to make: paths or URLs")
    .option("--parents", "the folders on the way too; what is there already is fine");
  addConnectionFlags(command)
    .action((remotes: string[], flags: MakeFlags) => make(world, remotes, flags));
}

async function make(world: CommandWorld, remotes: string[], flags: MakeFlags): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const places = remotes.map((remote) => command.placeOf(remote));
  await forEach(command, places, async (place) => {
    const context = command.at(place);
    await (flags.parents ? makePath(context, place.path) : makeNewFolder(context, place.path));
  });
}
