// ftp get: files and folders from the server to here, or to standard output.

import type { Command } from "commander";
import { join } from "node:path";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { getFile, getToSink } from "../operations/file_transfer.ts";
import { localChild, localFacts } from "../operations/local_files.ts";
import { attempt, forEach, type OperationContext } from "../operations/operation_context.ts";
import { expandRemote, folderPath, type RemotePlace } from "../operations/remote_names.ts";
import {
  addTransferFlags,
  type TransferFlags,
  type TransferPolicy,
  transferPolicy,
} from "../operations/transfer_policy.ts";
import { getPlace } from "../operations/tree_transfer.ts";
import { remoteName } from "../remote.ts";

interface GetFlags extends ConnectionFlags, TransferFlags {
  readonly output?: string;
  readonly recursive?: true;
}

/** Defines `ftp get`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("<remote...>", "what to get: paths, globs in the last part, URLs")
    .option("-o, --output <local>", "the local file or folder; - is standard output")
    .option("-r, --recursive", "folders with everything in them");
  addConnectionFlags(addTransferFlags(command))
    .action((remotes: string[], flags: GetFlags) => get(world, remotes, flags));
}

async function get(world: CommandWorld, remotes: string[], flags: GetFlags): Promise<void> {
  const { output, recursive } = flags;
  if (output === "-") checkStandardOutput(flags);
  await using command = await ClientCommand.start(world, flags);
  const policy = transferPolicy(flags, command.terminal);
  const places = remotes.map((remote) => command.placeOf(remote));
  await forEach(command, places, async (place) => {
    const context = command.at(place);
    const found = await expandRemote(context, place.path);
    await forEach(context, found, async (each) => {
      if (output === "-") return void await getToSink(context, each.path, world.stdout, policy);
      const isOneOfMany = remotes.length > 1 || found.length > 1;
      const target = await localTarget(each, output, isOneOfMany);
      await getOne(context, each, target, policy, recursive ?? false);
    });
  });
}

function checkStandardOutput(flags: GetFlags): void {
  const other = flags.json ? "--json" : flags.recursive ? "--recursive" : undefined;
  if (other === undefined) return;
  throw new CommandFailure(ExitCode.usage, `-o - ${other}`, "only one of them can be meant");
}

async function getOne(
  context: OperationContext,
  place: RemotePlace,
  target: string,
  policy: TransferPolicy,
  recursive: boolean,
): Promise<void> {
  if (recursive) return await getPlace(context, place, target, policy);
  if (place.entry?.type !== "directory") {
    return await getFile(context, place.path, target, policy, place.entry);
  }
  const tried = `get "${place.path}" from ${context.label}`;
  const hint = "-r takes a folder with everything in it";
  throw new CommandFailure(ExitCode.failed, tried, "it is a folder", { hint });
}

/** Where a file or folder goes: under its own name here or in a folder, or under the name that was given. */
async function localTarget(
  place: RemotePlace,
  output: string | undefined,
  isOneOfMany: boolean,
): Promise<string> {
  const ownName = () => {
    const name = remoteName(folderPath(place.path));
    if (name !== "") return localChild(".", name);
    const happened = "it has no name to be called by here";
    const hint = "-o LOCAL gives it one";
    throw new CommandFailure(ExitCode.usage, `get "${place.path || "."}"`, happened, { hint });
  };
  if (output === undefined) return ownName();
  const facts = await attempt(`look at "${output}"`, () => localFacts(output));
  if (facts?.isFolder) return join(output, ownName());
  if (!isOneOfMany && !/[/\\]$/.test(output)) return output;
  if (facts !== undefined) {
    throw new CommandFailure(ExitCode.usage, `-o "${output}"`, "it is a file, not a folder");
  }
  await attempt(`make the folder "${output}"`, () => Deno.mkdir(output, { recursive: true }));
  return join(output, ownName());
}
