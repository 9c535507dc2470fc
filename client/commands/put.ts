// ftp put: files, folders and standard input from here to the server.

import type { Command } from "commander";
import type { CommandWorld } from "../../shared/command_line.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { ClientCommand } from "../client_command.ts";
import { addConnectionFlags, type ConnectionFlags } from "../connection_flags.ts";
import { putFile, putFromSource } from "../operations/file_transfer.ts";
import { makeFolder } from "../operations/folders.ts";
import { localFacts, localName } from "../operations/local_files.ts";
import { attempt, forEach, type OperationContext } from "../operations/operation_context.ts";
import { childPath, entryAt } from "../operations/remote_names.ts";
import {
  addTransferFlags,
  type TransferFlags,
  transferPolicy,
} from "../operations/transfer_policy.ts";
import { putPlace } from "../operations/tree_transfer.ts";
import { remoteName } from "../remote.ts";

const STANDARD_INPUT = "-";

interface PutFlags extends ConnectionFlags, TransferFlags {
  readonly target?: string;
  readonly recursive?: true;
}

/** Defines `ftp put`. */
export function define(command: Command, world: CommandWorld): void {
  command
    .argument("<local...>", "what to put; - is standard input and needs -t")
    .option("-t, --target <remote>", "the file or folder at the server: a path or a URL")
    .option("-r, --recursive", "folders with everything in them");
  addConnectionFlags(addTransferFlags(command))
    .action((locals: string[], flags: PutFlags) => put(world, locals, flags));
}

async function put(world: CommandWorld, locals: string[], flags: PutFlags): Promise<void> {
  await using command = await ClientCommand.start(world, flags);
  const place = command.placeOf(flags.target ?? "");
  if (locals.includes(STANDARD_INPUT)) checkStandardInput(locals, place.path);
  const context = command.at(place);
  const policy = transferPolicy(flags, command.terminal);
  const folder = await targetFolder(context, place.path, locals.length > 1);
  await forEach(context, locals, async (local) => {
    const remote = folder === undefined ? place.path : childPath(folder, localName(local));
    if (local === STANDARD_INPUT) {
      return await putFromSource(context, command.terminal.input, place.path, policy);
    }
    if (flags.recursive) return await putPlace(context, local, remote, policy);
    await refuseFolder(context, local);
    await putFile(context, local, remote, policy);
  });
}

function checkStandardInput(locals: readonly string[], remote: string): void {
  const tried = `put "${STANDARD_INPUT}"`;
  if (locals.length > 1) {
    const happened = "standard input goes alone";
    throw new CommandFailure(ExitCode.usage, tried, happened);
  }
  if (remoteName(remote) !== "") return;
  const hint = "-t REMOTE gives it one";
  throw new CommandFailure(ExitCode.usage, tried, "it has no name", { hint });
}

/** The folder that files go into under their own names; `undefined` when the target is one file's name. */
async function targetFolder(
  context: OperationContext,
  path: string,
  isForMany: boolean,
): Promise<string | undefined> {
  if (path === "" || path === "/") return path;
  if (path.endsWith("/")) {
    await makeFolder(context, path);
    return path;
  }
  const entry = await entryAt(context, path);
  if (entry?.type === "directory") return path;
  if (!isForMany) return undefined;
  if (entry === undefined) {
    await makeFolder(context, path);
    return path;
  }
  throw new CommandFailure(ExitCode.usage, `-t "${path}"`, "it is a file, not a folder");
}

async function refuseFolder(context: OperationContext, local: string): Promise<void> {
  const tried = `put "${local}" to ${context.label}`;
  const facts = await attempt(tried, () => localFacts(local));
  if (facts === undefined) {
    throw new CommandFailure(ExitCode.notThere, tried, "there is no such file here");
  }
  if (!facts.isFolder) return;
  const hint = "-r takes a folder with everything in it";
  throw new CommandFailure(ExitCode.failed, tried, "it is a folder", { hint });
}
