// Directories told: LIST, NLST, MLSD over the data connection, MLST over the control connection.

import type { Entry } from "../../shared/entry.ts";
import { FACTS, formatFacts } from "../../shared/facts.ts";
import { Fault } from "../../shared/fault.ts";
import { type Reply, reply } from "../../shared/reply.ts";
import { formatUnixLine } from "../../shared/unix_listing.ts";
import { childOf, type VirtualPath } from "../../shared/virtual_path.ts";
import { type AnyCommand, command } from "../command.ts";
import { optional, optionalPath, text } from "../grammar.ts";
import { findListing, listingArgument, sendLines } from "../listing.ts";
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
    const { entries } = await findListing(argument, session);
    const nowMs = Date.now();
    const format = (entry: Entry) => formatUnixLine(entry, nowMs);
    yield* tell(session, { verb: "LIST", path: argument.path, batches: entries, format });
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
    const { names, prefix } = await findListing(argument, session);
    const format = (name: string) => prefix + name;
    yield* tell(session, { verb: "NLST", path: argument.path, batches: names, format });
  },
});

/** What one of these commands sends. */
interface Telling<T> {
  readonly verb: string;
  readonly path: VirtualPath;
  readonly batches: (signal: AbortSignal) => AsyncIterable<readonly T[]>;
  /** One line, without its CRLF. */
  readonly format: (one: T) => string;
}

async function* tell<T>(
  session: Session,
  { verb, path, batches, format }: Telling<T>,
): AsyncGenerator<Reply> {
  yield* carry(session, {
    verb,
    path,
    sends: true,
    isListing: true,
    opening: "Here it comes.",
    move: (stream, transfer) =>
      sendLines(batches(transfer.abort.signal), format, { stream, session, transfer }),
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
  const { entries } = await findListing({ path: directory, given: "" }, session);
  const format = (entry: Entry) => factsOf(entry, childOf(directory, entry.name), session);
  yield* tell(session, { verb: "MLSD", path: directory, batches: entries, format });
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
