// ftp rm: removes files, and with -r folders, at the server.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { forEach } from "../operations/operation_context.ts";
import { expandRemote } from "../operations/remote_names.ts";
import { removePlace } from "../operations/removal.ts";

interface RemoveFlags extends ConnectionFlags {
  readonly recursive?: true;
}

/** Defines `ftp rm`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("<remote...>", "what to remove: paths, globs in the last part, URLs")
    .option("-r, --recursive", "folders with everything in them");
  addConnectionFlags(command)
    .action((remotes: string[], flags: RemoveFlags) => remove(world, remotes, flags));
}

async function remove(world: CommandWorld, remotes: string[], flags: RemoveFlags): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const places = remotes.map((remote) => command.placeOf(remote));
  await forEach(command, places, async (place) => {
    const context = command.at(place);
    const found = await expandRemote(context, place.path);
    await forEach(context, found, (each) => removePlace(context, each, flags.recursive ?? false));
  });
}
