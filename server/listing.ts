// What a listing tells: the entries an argument stands for, one by one, and their way onto the wire.

import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import type { Entry } from "../shared/entry.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { fitsPattern, isPattern } from "../shared/name_pattern.ts";
import { type Parsed, parsed } from "../shared/parsed.ts";
import { nameOf, parentOf, resolvePath, type VirtualPath } from "../shared/virtual_path.ts";
import type { Grammar } from "./command.ts";

import type { Session, Transfer } from "./session.ts";
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

/** What an argument stands for. */
export interface Listing {
  /** What stands before each name where names are told relative to the argument (NLST). */
  readonly prefix: string;
  /** Reads them, until the signal fires; without names that hold CR or LF: they would forge lines. */
  entries(signal: AbortSignal): AsyncIterable<Entry>;
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
    if (entry.type !== "directory") return { prefix: above, entries: () => only(entry) };
    const prefix = given === "" || given === "." || given.endsWith("/") ? given : `${given}/`;
    return {
      prefix: prefix === "." ? "" : prefix,
      entries: (signal) => told(path, session, signal),
    };
  } catch (error) {
    const pattern = nameOf(path);
    if (!isFault(error, "not-found") || !isPattern(pattern)) throw error;
    const parent = await storage.stat(parentOf(path));
    if (parent.type !== "directory") throw new Fault("not-found", { about: path });
    const all = (signal: AbortSignal) => told(parentOf(path), session, signal);
    return { prefix: above, entries: (signal) => matching(all(signal), pattern) };
  }
}

async function* only(entry: Entry): AsyncGenerator<Entry> {
  yield entry;
}

/** A directory's entries, so many of them. @throws Fault `too-many-names` where there are more */
async function* told(
  directory: VirtualPath,
  { storage, services }: Session,
  signal: AbortSignal,
): AsyncGenerator<Entry> {
  let left = services.settings.listingLimit;
  for await (const entry of storage.list(directory, signal)) {
    // SECURITY: a listing of everything, again and again, is work without end for one short request.
    if (left-- === 0) throw new Fault("too-many-names", { about: directory });
    // SECURITY: a name with a line end in it could pass for other entries.
    if (!/[\r\n]/.test(entry.name)) yield entry;
  }
}

async function* matching(entries: AsyncIterable<Entry>, pattern: string): AsyncGenerator<Entry> {
  for await (const entry of entries) {
    if (fitsPattern(pattern, entry.name)) yield entry;
  }
}

/** Lines are sent in pieces of this many characters; large enough that the wire is no cost. */
const PIECE_CHARACTERS = 32 * 1024;

/** Sends a line an entry; the first at once, so that a peer sees a large directory begin. */
export async function sendLines(
  listing: Listing,
  format: (entry: Entry) => string,
  { stream, session, transfer }: { stream: ByteStream; session: Session; transfer: Transfer },
): Promise<void> {
  let piece = "";
  const send = async () => {
    const bytes = session.names.encode(piece);
    piece = "";
    await within(stream.write(bytes), boundsOf(session, transfer));
    transfer.movedBytes += bytes.length;
  };
  for await (const entry of listing.entries(transfer.abort.signal)) {
    piece += `${format(entry)}\r\n`;
    if (transfer.movedBytes === 0 || piece.length >= PIECE_CHARACTERS) await send();
  }
  if (piece !== "") await send();
}
