// ftp rmdir: removes empty folders at the server.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { forEach } from "../operations/operation_context.ts";
import { expandRemote } from "../operations/remote_names.ts";
import { removeEmptyFolder } from "../operations/removal.ts";

/** Defines `ftp rmdir`. */
export function define(command: Command, world: CommandWorld): void {
  command.argument("<remote...>", "empty folders: paths, globs in the last part, URLs");
  addConnectionFlags(command)
    .action((remotes: string[], flags: ConnectionFlags) => remove(world, remotes, flags));
}

async function remove(
  world: CommandWorld,
  remotes: string[],
  flags: ConnectionFlags,
): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const places = remotes.map((remote) => command.placeOf(remote));
  await forEach(command, places, async (place) => {
    const context = command.at(place);
    const found = await expandRemote(context, place.path);
    await forEach(context, found, ({ path }) => removeEmptyFolder(context, path));
  });
}
