// ftp put: files, folders and standard input from here to the server.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { putFromSource } from "../operations/file_transfer.ts";
import { addConnectionsFlag, type ConnectionsFlag } from "../operations/lanes.ts";
import {
  addTransferFlags,
  type TransferFlags,
  transferPolicy,
} from "../operations/transfer_policy.ts";
import { putInto } from "../operations/transfer_targets.ts";
import { remoteName } from "../remote.ts";

const STANDARD_INPUT = "-";

interface PutFlags extends ConnectionFlags, TransferFlags, ConnectionsFlag {
  readonly target?: string;
  readonly recursive?: true;
}

/** Defines `ftp put`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("<local...>", "what to put; - is standard input and needs -t")
    .option("-t, --target <remote>", "the file or folder at the server: a path or a URL")
    .option("-r, --recursive", "folders with everything in them");
  addConnectionFlags(addConnectionsFlag(addTransferFlags(command), 1))
    .action((locals: string[], flags: PutFlags) => put(world, locals, flags));
}

async function put(world: CommandWorld, locals: string[], flags: PutFlags): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const place = command.placeOf(flags.target ?? "");
  const isRecursive = flags.recursive ?? false;
  const { connections } = flags;
  const policy = transferPolicy(flags, command.terminal);
  const context = command.at(place);
  if (!locals.includes(STANDARD_INPUT)) {
    return await putInto(context, { locals, target: place.path, isRecursive, policy, connections });
  }
  checkStandardInput(locals, place.path);
  await putFromSource(context, command.terminal.input, place.path, policy);
}

function checkStandardInput(locals: readonly string[], remote: string): void {
  const tried = `put "${STANDARD_INPUT}"`;
  if (locals.length > 1) {
    throw new CommandFailure(ExitCode.usage, tried, "standard input goes alone");
  }
  if (remoteName(remote) !== "") return;
  const hint = "-t REMOTE gives it one";
  throw new CommandFailure(ExitCode.usage, tried, "it has no name", { hint });
}
