// ftp get: files and folders from the server to here, or to standard output.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { getToSink } from "../operations/file_transfer.ts";
import { addConnectionsFlag, type ConnectionsFlag } from "../operations/lanes.ts";
import { forEach } from "../operations/operation_context.ts";
import { expandRemote } from "../operations/remote_names.ts";
import { addSegmentsFlag, segmentLanes, type SegmentsFlag } from "../operations/segment_lanes.ts";
import {
  addTransferFlags,
  type TransferFlags,
  transferPolicy,
} from "../operations/transfer_policy.ts";
import { getInto } from "../operations/transfer_targets.ts";

const STANDARD_OUTPUT = "-";

interface GetFlags extends ConnectionFlags, TransferFlags, ConnectionsFlag, SegmentsFlag {
  readonly output?: string;
  readonly recursive?: true;
}

/** Defines `ftp get`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("<remote...>", "what to get: paths, globs in the last part, URLs")
    .option("-o, --output <local>", "the local file or folder; - is standard output")
    .option("-r, --recursive", "folders with everything in them");
  addConnectionFlags(addConnectionsFlag(addSegmentsFlag(addTransferFlags(command)), 1))
    .action((remotes: string[], flags: GetFlags) => get(world, remotes, flags));
}

async function get(world: CommandWorld, remotes: string[], flags: GetFlags): Promise<void> {
  const { output } = flags;
  if (output === STANDARD_OUTPUT) checkStandardOutput(flags);
  const segments = segmentLanes(flags);
  await using command = await ClientCommand.start(world, flags);
  const policy = { ...transferPolicy(flags, command.terminal), ...(segments && { segments }) };
  const places = remotes.map((remote) => command.placeOf(remote));
  if (output === STANDARD_OUTPUT) {
    return void await forEach(command, places, async (place) => {
      const context = command.at(place);
      await forEach(context, await expandRemote(context, place.path), async ({ path }) => {
        await getToSink(context, "get", path, context.output, policy);
      });
    });
  }
  // What one server has travels side by side.
  const servers = Map.groupBy(places, (place) => command.serverOf(place));
  await forEach(command, servers.values(), async ([first, ...others]) => {
    if (first === undefined) return;
    await getInto(command.at(first), {
      remotes: [first, ...others].map(({ path }) => path),
      output,
      localFolder: ".",
      isRecursive: flags.recursive ?? false,
      policy,
      connections: flags.connections,
      isPartOfMany: places.length > 1,
    });
  });
}

function checkStandardOutput(flags: GetFlags): void {
  const other = flags.json
    ? "--json"
    : flags.recursive
    ? "--recursive"
    : flags.segments
    ? "--segments"
    : undefined;
  if (other === undefined) return;
  throw new CommandFailure(ExitCode.usage, `-o - ${other}`, "only one of them can be meant");
}
