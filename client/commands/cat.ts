// ftp cat: files of the server to standard output.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { getToSink } from "../operations/file_transfer.ts";
import { forEach } from "../operations/operation_context.ts";
import { expandRemote } from "../operations/remote_names.ts";
import { DEFAULT_TRANSFER_FLAGS, transferPolicy } from "../operations/transfer_policy.ts";

/** Defines `ftp cat`. */
export function define(command: Command, world: CommandWorld): void {
  command.argument("<remote...>", "files: paths, globs in the last part, URLs");
  addConnectionFlags(command)
    .action((remotes: string[], flags: ConnectionFlags) => cat(world, remotes, flags));
}

async function cat(world: CommandWorld, remotes: string[], flags: ConnectionFlags): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const policy = transferPolicy(DEFAULT_TRANSFER_FLAGS, command.terminal);
  const places = remotes.map((remote) => command.placeOf(remote));
  await forEach(command, places, async (place) => {
    const context = command.at(place);
    await forEach(context, await expandRemote(context, place.path), async ({ path }) => {
      await getToSink(context, "cat", path, context.output, policy);
    });
  });
}
