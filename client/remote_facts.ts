// What one remote path is: by MLST, by SIZE and MDTM, or by its line in the listing of its folder.

import { parseFacts } from "../shared/facts.ts";
import { parseTimeValue } from "../shared/time_value.ts";
import type { OperationOptions } from "./client.ts";
import { Refused } from "./failure.ts";
import { listDirectory } from "./listing.ts";
import { entryOfMachineFacts } from "./listing_parser.ts";
import { ask, type Peer, useImageType } from "./peer.ts";
import { BARE, type RemoteEntry } from "./remote_entry.ts";

/**
 * Bytes of a file, or of an unfinished upload of this name where the server keeps such (RFC 3659, 4).
 *
 * @returns `undefined` where the server does not know SIZE.
 * @throws Refused 550 (nothing there, or no file)
 */
export async function remoteSize(
  peer: Peer,
  path: string,
  options: OperationOptions = {},
): Promise<number | undefined> {
  // In TYPE A the size would be that of a converted file, which servers refuse to compute.
  await useImageType(peer, options.signal);
  const answer = await ask(peer, "SIZE", path, options);
  const digits = /^(\d{1,15})(?!\d)/.exec(answer?.lines[0].trim() ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** When a file's content last changed, milliseconds since 1970 UTC; `undefined` where that cannot be told. */
export async function remoteModified(
  peer: Peer,
  path: string,
  options: OperationOptions = {},
): Promise<number | undefined> {
  try {
    const answer = await ask(peer, "MDTM", path, options);
    const time = parseTimeValue(answer?.lines[0].trim() ?? "");
    return time.ok ? time.value : undefined;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** What a path is. @throws Refused 550 when nothing is there */
export async function remoteStat(
  peer: Peer,
  path: string,
  options: OperationOptions = {},
): Promise<RemoteEntry> {
  const entry = await factsOf(peer, path, options) ?? await fileAt(peer, path, options) ??
    await listedAt(peer, path, options);
  if (entry !== undefined) return entry;
  throw new Refused(`STAT ${path}`, { code: 550, lines: ["no such file or directory"] });
}

async function factsOf(
  peer: Peer,
  path: string,
  options: OperationOptions,
): Promise<RemoteEntry | undefined> {
  if (!peer.features.machineListings) return undefined;
  const answer = await ask(peer, "MLST", path, options);
  const line = answer?.lines.slice(1, -1).find((text) => text.includes(";"));
  if (line === undefined) return undefined;
  const facts = parseFacts(line.trimStart());
  if (!facts.ok) return undefined;
  return { ...entryOfMachineFacts(facts.value), name: lastNameOf(path) };
}

/** A file tells its size; what does not may be a directory, or nothing. */
async function fileAt(
  peer: Peer,
  path: string,
  options: OperationOptions,
): Promise<RemoteEntry | undefined> {
  try {
    const size = await remoteSize(peer, path, options);
    if (size === undefined) return undefined;
    const modifiedMs = await remoteModified(peer, path, options);
    return { ...unknownEntry(path), type: "file", size, modifiedMs, modifiedExactToMs: 1000 };
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

async function listedAt(
  peer: Peer,
  path: string,
  options: OperationOptions,
): Promise<RemoteEntry | undefined> {
  const name = lastNameOf(path);
  if (name === "/") return { ...unknownEntry(path), type: "directory" };
  const parent = path.replace(/\/+$/, "").slice(0, -name.length) || ".";
  let found: RemoteEntry | undefined;
  for await (const entry of listDirectory(peer, parent, options)) {
    if (entry.name === name) found = entry;
  }
  return found;
}

/** The last name of a remote path; `/` for the root. */
function lastNameOf(path: string): string {
  return path.split("/").findLast((name) => name !== "" && name !== ".") ?? "/";
}

function unknownEntry(path: string): RemoteEntry {
  return {
    ...BARE,
    name: lastNameOf(path),
    type: "other",
    size: undefined,
    modifiedMs: undefined,
    modifiedExactToMs: undefined,
  };
}
