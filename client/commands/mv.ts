// ftp mv: renames or moves at the server.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { moveTo } from "../operations/moving.ts";
import { forEach } from "../operations/operation_context.ts";
import { expandRemote } from "../operations/remote_names.ts";

/** Defines `ftp mv`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("<remote...>", "what to move, and at the end where to: a new name or a folder");
  addConnectionFlags(command)
    .action((remotes: string[], flags: ConnectionFlags) => move(world, remotes, flags));
}

async function move(world: CommandWorld, remotes: string[], flags: ConnectionFlags): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const places = remotes.map((remote) => command.placeOf(remote));
  const target = places.at(-1);
  const sources = places.slice(0, -1);
  if (target === undefined || sources.length === 0) {
    throw new CommandFailure(ExitCode.usage, "mv", "it needs what to move and where to");
  }
  const elsewhere = sources.find((source) => source.label !== target.label);
  if (elsewhere !== undefined) {
    const tried = `mv from ${elsewhere.label} to ${target.label}`;
    throw new CommandFailure(ExitCode.usage, tried, "both must be at one server");
  }
  const context = command.at(sources[0]!);
  const found: string[] = [];
  await forEach(context, sources, async (source) => {
    found.push(...(await expandRemote(context, source.path)).map(({ path }) => path));
  });
  await moveTo(context, found, target.path);
}
