// Whole folders up or down, file by file, into a folder of the same shape.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { getFile, putFile } from "./file_transfer.ts";
import { makeFolder } from "./folders.ts";
import { localChild, localFacts, localName, type LocalPlace, walkLocal } from "./local_files.ts";
import { attempt, forEach, type OperationContext, shown } from "./operation_context.ts";
import {
  childPath,
  entryAt,
  folderPath,
  isFolderAt,
  listFolder,
  type RemotePlace,
} from "./remote_names.ts";
import type { TransferPolicy } from "./transfer_policy.ts";

/** A server that tells deeper folders is leading us round in circles. */
const DEPTH_LIMIT = 100;

/** Downloads what a place is: a file, or a folder with everything in it. @throws CommandFailure */
export async function getPlace(
  context: OperationContext,
  place: RemotePlace,
  local: string,
  policy: TransferPolicy,
): Promise<void> {
  const entry = place.entry ?? await entryAt(context, place.path);
  const isFolder = entry?.type === "directory" || place.path === "";
  if (isFolder) await getFolder(context, folderPath(place.path), local, policy, 0);
  else await getFile(context, place.path, local, policy, entry);
}

/** Uploads what a local path is: a file, or a folder with everything in it. @throws CommandFailure */
export async function putPlace(
  context: OperationContext,
  local: string,
  remote: string,
  policy: TransferPolicy,
): Promise<void> {
  if (!await isLocalFolder(context, local)) return await putFile(context, local, remote, policy);
  await makeFolder(context, remote);
  const work = async ({ path, relative, isFolder }: LocalPlace) => {
    const target = childPath(remote, relative);
    if (isFolder) await makeFolder(context, target);
    else await putFile(context, path, target, policy);
  };
  await attempt(`read the folder "${local}"`, () => forEach(context, walkLocal(local), work));
}

async function getFolder(
  context: OperationContext,
  remote: string,
  local: string,
  policy: TransferPolicy,
  depth: number,
): Promise<void> {
  const tried = `get ${shown(remote)} from ${context.label}`;
  if (depth > DEPTH_LIMIT) {
    const happened = `folders are nested more than ${DEPTH_LIMIT} deep`;
    throw new CommandFailure(ExitCode.failed, tried, happened);
  }
  const entries = await listFolder(context, remote);
  await attempt(tried, () => Deno.mkdir(local, { recursive: true }));
  await forEach(context, entries, async (entry) => {
    const path = childPath(remote, entry.name);
    const target = localChild(local, entry.name);
    if (entry.type === "directory") await getFolder(context, path, target, policy, depth + 1);
    // A link may lead to a folder, and round in circles from there.
    else if (entry.type === "link") await getLink(context, path, target, policy);
    else await getFile(context, path, target, policy, entry);
  });
}

async function getLink(
  context: OperationContext,
  path: string,
  target: string,
  policy: TransferPolicy,
): Promise<void> {
  if (await isFolderAt(context, path)) {
    context.terminal.note(`get: skipped ${path}, a link to a folder`);
  } else {
    await getFile(context, path, target, policy);
  }
}

async function isLocalFolder(context: OperationContext, local: string): Promise<boolean> {
  const tried = `put "${local}" to ${context.label}`;
  const facts = await attempt(tried, () => localFacts(local));
  if (facts !== undefined) return facts.isFolder;
  throw new CommandFailure(ExitCode.notThere, tried, `there is no "${localName(local)}" here`);
}
