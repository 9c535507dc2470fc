// Directories told: LIST, NLST, MLSD over the data connection, MLST over the control connection.

import type { Entry } from "../../shared/entry.ts";
import { FACTS, formatFacts } from "../../shared/facts.ts";
import { Fault } from "../../shared/fault.ts";
import { type Reply, reply } from "../../shared/reply.ts";
import { formatUnixLine } from "../../shared/unix_listing.ts";
import { childOf, type VirtualPath } from "../../shared/virtual_path.ts";
import { type AnyCommand, command } from "../command.ts";
import { optional, optionalPath, text } from "../grammar.ts";
import { findListing, type ListingArgument, listingArgument, sendLines } from "../listing.ts";
import type { Session } from "../session.ts";
import type { Powers } from "../storage/powers.ts";
import { carry } from "../transfer.ts";

const list = command({
  verb: "LIST",
  grammar: listingArgument,
  login: "needed",
  permission: "list",
  transfers: true,
  help: "Lists a directory, a file or what fits a pattern, as `ls -l` does.",
  source: "RFC 959, 4.1.3",
  note: "Flags in the manner of ls are read and mean nothing; times are UTC.",
  async *run(argument, session) {
    const nowMs = Date.now();
    yield* tell("LIST", argument, session, (entry) => formatUnixLine(entry, nowMs));
  },
});

const nameList = command({
  verb: "NLST",
  grammar: listingArgument,
  login: "needed",
  permission: "list",
  transfers: true,
  help: "Lists names only, relative to the argument.",
  source: "RFC 959, 4.1.3",
  note: "Flags in the manner of ls are read and mean nothing.",
  async *run(argument, session) {
    yield* tell("NLST", argument, session, (entry, prefix) => prefix + entry.name);
  },
});

async function* tell(
  verb: string,
  argument: ListingArgument,
  session: Session,
  format: (entry: Entry, prefix: string) => string,
): AsyncGenerator<Reply> {
  const listing = await findListing(argument, session);
  yield* carry(session, {
    verb,
    path: argument.path,
    sends: true,
    opening: "Here it comes.",
    move: (stream, transfer) =>
      sendLines(listing, (entry) => format(entry, listing.prefix), { stream, session, transfer }),
  });
}

const machineList = command({
  verb: "MLSD",
  grammar: optionalPath,
  login: "needed",
  permission: "list",
  transfers: true,
  help: "Lists a directory as facts for programs.",
  source: "RFC 3659, 7",
  run: tellFacts,
});

async function* tellFacts(
  target: VirtualPath | undefined,
  session: Session,
): AsyncGenerator<Reply> {
  const directory = target ?? session.directory;
  const self = await session.storage.stat(directory);
  if (self.type !== "directory") throw new Fault("not-a-directory", { about: directory });
  const listing = await findListing({ path: directory, given: "" }, session);
  yield* carry(session, {
    verb: "MLSD",
    path: directory,
    sends: true,
    opening: "Here it comes.",
    move: (stream, transfer) =>
      sendLines(listing, (entry) => factsOf(entry, childOf(directory, entry.name), session), {
        stream,
        session,
        transfer,
      }),
  });
}

const machineEntry = command({
  verb: "MLST",
  grammar: optionalPath,
  login: "needed",
  permission: "list",
  keepsPending: true,
  feature: (session) =>
    `MLST ${FACTS.map((fact) => `${fact}${isTold(fact, session) ? "*" : ""};`).join("")}`,
  help: "Tells the facts of one name.",
  source: "RFC 3659, 7",
  async run(target, session) {
    const path = target ?? session.directory;
    const entry = await session.storage.stat(path);
    return reply(250, "Listing", factsOf({ ...entry, name: path }, path, session), "End");
  },
});

const machineOptions = command({
  verb: "OPTS MLST",
  grammar: optional(text("[<fact>;...]")),
  login: "not-needed",
  keepsPending: true,
  help: "Chooses the facts that MLST and MLSD tell.",
  source: "RFC 3659, 7.9",
  run(wanted = "", session) {
    const asked = new Set(wanted.toLowerCase().split(";").map((fact) => fact.trim()));
    session.mlstFacts = new Set(
      FACTS.map((fact) => fact.toLowerCase()).filter((f) => asked.has(f)),
    );
    const told = FACTS.filter((fact) => isTold(fact, session)).map((fact) => `${fact};`).join("");
    return reply(200, `MLST OPTS ${told}`.trim());
  },
});

function isTold(fact: string, session: Session): boolean {
  return session.mlstFacts?.has(fact.toLowerCase()) ?? true;
}

function factsOf(entry: Entry, path: VirtualPath, { storage, mlstFacts }: Session): string {
  const permissions = permissionsOf(entry.type, storage.powers(path));
  return formatFacts(entry, { only: mlstFacts, permissions });
}

/** RFC 3659, 7.5.5: what may be done, a letter each. Who sees a directory may enter it. */
function permissionsOf(type: Entry["type"], powers: Powers): string {
  const { read, list, overwrite, fill, empty, remove, rename } = powers;
  const when = (isAllowed: boolean, letter: string) => isAllowed ? letter : "";
  switch (type) {
    case "file":
      return when(overwrite, "a") + when(remove, "d") + when(rename, "f") + when(read, "r") +
        when(overwrite, "w");
    case "directory":
      return when(fill, "c") + when(remove, "d") + "e" + when(rename, "f") + when(list, "l") +
        when(fill, "m") + when(empty, "p");
    case "other":
      return when(rename, "f");
  }
}

/** The family's rows. */
export const listingCommands: readonly AnyCommand[] = [
  list,
  nameList,
  machineList,
  machineEntry,
  machineOptions,
];
