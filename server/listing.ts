// What a listing tells: the entries or names an argument stands for, and their way onto the wire.

import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import type { Entry } from "../shared/entry.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { isPattern, matcherOf } from "../shared/name_pattern.ts";
import { type Parsed, parsed } from "../shared/parsed.ts";
import { nameOf, parentOf, resolvePath, type VirtualPath } from "../shared/virtual_path.ts";
import type { Grammar } from "./command.ts";
import type { Session, Transfer } from "./session.ts";
import { kept } from "./storage/batches.ts";
import { boundsOf } from "./transfer.ts";

/** What LIST and NLST were asked for. */
export interface ListingArgument {
  readonly path: VirtualPath;
  /** As it was given, flags removed; empty for the working directory. */
  readonly given: string;
}

/** Flags in the manner of `ls` are swallowed: many clients send them, no standard knows them. */
export const listingArgument: Grammar<ListingArgument> = {
  syntax: "[<path>]",
  parse(text = "", from): Parsed<ListingArgument> {
    const given = text.replace(/^(?:-[A-Za-z0-9]+(?: +|$))*(?:-- )?/, "");
    const path = given === "" ? parsed(from) : resolvePath(from, given);
    return path.ok ? parsed({ path: path.value, given }) : path;
  },
};

/** What an argument stands for, some at a time; without names that hold CR or LF: they would forge lines. */
export interface Listing {
  /** What stands before each name where names are told relative to the argument (NLST). */
  readonly prefix: string;
  /** Reads entries until the signal fires. */
  readonly entries: (signal: AbortSignal) => AsyncIterable<readonly Entry[]>;
  /** Reads their names alone, which may be much faster. */
  readonly names: (signal: AbortSignal) => AsyncIterable<readonly string[]>;
}

/**
 * Finds a directory's entries, a file as its own only entry, or the entries that fit a glob.
 *
 * @throws Fault `not-found` at once, before anything was listed.
 */
export async function findListing(
  { path, given }: ListingArgument,
  session: Session,
): Promise<Listing> {
  const { storage } = session;
  const above = given.slice(0, given.lastIndexOf("/") + 1);
  try {
    const entry = await storage.stat(path);
    if (entry.type !== "directory") return listingOf(entry, above);
    const prefix = given === "" || given === "." || given.endsWith("/") ? given : `${given}/`;
    return listingIn(path, session, prefix === "." ? "" : prefix);
  } catch (error) {
    const pattern = nameOf(path);
    if (!isFault(error, "not-found") || !isPattern(pattern)) throw error;
    const parent = await storage.stat(parentOf(path));
    if (parent.type !== "directory") throw new Fault("not-found", { about: path });
    return listingIn(parentOf(path), session, above, matcherOf(pattern));
  }
}

/** An entry that stands for itself alone. */
function listingOf(entry: Entry, prefix: string): Listing {
  return {
    prefix,
    entries: async function* () {
      yield [entry];
    },
    names: async function* () {
      yield [entry.name];
    },
  };
}

/** What is in a directory, or those of it that are wanted. */
function listingIn(
  directory: VirtualPath,
  session: Session,
  prefix: string,
  isWanted: (name: string) => boolean = () => true,
): Listing {
  const { storage } = session;
  // SECURITY: a name with a line end in it could pass for other entries.
  const isTold = (name: string) => !/[\r\n]/.test(name) && isWanted(name);
  return {
    prefix,
    entries: (signal) =>
      kept(bounded(storage.list(directory, signal), directory, session), (it) => isTold(it.name)),
    names: (signal) => kept(bounded(storage.names(directory, signal), directory, session), isTold),
  };
}

/** A listing of no more than these is over before anybody beside it has waited. */
const SHORT_LISTING_NAMES = 1000;

/**
 * So many as one listing may tell, at the pace of all that the thread does.
 *
 * @throws Fault `too-many-names` where there are more
 */
async function* bounded<T>(
  batches: AsyncIterable<readonly T[]>,
  directory: VirtualPath,
  { services, buffers: { pace } }: Session,
): AsyncGenerator<readonly T[]> {
  const limit = services.settings.listingLimit;
  using _work = pace.joinListing();
  let told = 0;
  for await (const batch of batches) {
    yield told + batch.length > limit ? batch.slice(0, limit - told) : batch;
    told += batch.length;
    // SECURITY: a listing of everything, again and again, is work without end for one short request.
    if (told > limit) throw new Fault("too-many-names", { about: directory });
    const rest = told > SHORT_LISTING_NAMES ? pace.rest() : undefined;
    if (rest !== undefined) await rest;
  }
}

/** Lines are sent in pieces of this many characters; large enough that the wire is no cost. */
const PIECE_CHARACTERS = 32 * 1024;

/** Sends a line for each; the first batch at once, so that a peer sees a large directory begin. */
export async function sendLines<T>(
  batches: AsyncIterable<readonly T[]>,
  format: (one: T) => string,
  { stream, session, transfer }: { stream: ByteStream; session: Session; transfer: Transfer },
): Promise<void> {
  let piece = "";
  const send = async () => {
    const bytes = session.names.encode(piece);
    piece = "";
    await within(stream.write(bytes), boundsOf(session, transfer));
    transfer.movedBytes += bytes.length;
  };
  for await (const batch of batches) {
    for (const one of batch) piece += `${format(one)}\r\n`;
    if (transfer.movedBytes === 0 || piece.length >= PIECE_CHARACTERS) await send();
  }
  if (piece !== "") await send();
}
