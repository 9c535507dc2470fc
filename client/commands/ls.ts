// ftp ls: what is in folders of the server, or what files are.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { printListing } from "../operations/listing.ts";
import { forEach } from "../operations/operation_context.ts";

interface ListFlags extends ConnectionFlags {
  readonly long?: true;
  readonly humanSizes?: true;
}

/** Defines `ftp ls`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("[remote...]", "folders, files, globs in the last part, URLs; else the login folder")
    .option("-l, --long", "type, rights, size and time (UTC) too")
    .option("--human-sizes", "sizes like 12.3M in long lines");
  addConnectionFlags(command)
    .action((remotes: string[], flags: ListFlags) => list(world, remotes, flags));
}

async function list(world: CommandWorld, remotes: string[], flags: ListFlags): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const places = (remotes.length === 0 ? [""] : remotes).map((remote) => command.placeOf(remote));
  const form = { long: flags.long ?? false, humanSizes: flags.humanSizes ?? false };
  await forEach(
    command,
    places,
    (place) => printListing(command.at(place), place.path, form, places.length > 1),
  );
}
