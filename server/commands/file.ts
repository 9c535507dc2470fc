// Files by name: DELE, RNFR, RNTO, SIZE, MDTM.

import { reply } from "../../shared/reply.ts";
import { formatTimeValue, wholeSecond } from "../../shared/time_value.ts";
import { type AnyCommand, command } from "../command.ts";
import { subjectOf } from "../file_subject.ts";
import { path } from "../grammar.ts";

const remove = command({
  verb: "DELE",
  grammar: path,
  login: "needed",
  permission: "write",
  help: "Removes a file.",
  source: "RFC 959, 4.1.3",
  async run(target, session) {
    await session.storage.removeFile(target);
    return reply(250, "Removed.");
  },
});

const renameFrom = command({
  verb: "RNFR",
  grammar: path,
  login: "needed",
  permission: "write",
  help: "Names what RNTO will rename.",
  source: "RFC 959, 4.1.3",
  async run(from, session) {
    await session.storage.stat(from);
    session.pending = { kind: "rename", from };
    return reply(350, "The new name, please.");
  },
});

const renameTo = command({
  verb: "RNTO",
  grammar: path,
  login: "needed",
  permission: "write",
  help: "Renames what RNFR named; a file replaces a file.",
  source: "RFC 959, 4.1.3",
  async run(to, session) {
    if (session.pending.kind !== "rename") return reply(503, "Send RNFR first.");
    await session.storage.rename(session.pending.from, to);
    return reply(250, "Renamed.");
  },
});

const size = command({
  verb: "SIZE",
  grammar: path,
  login: "needed",
  permission: "list",
  keepsPending: true,
  feature: () => "SIZE",
  help: "Tells a file's size, or how much of an unfinished upload is there.",
  source: "RFC 3659, 4",
  note: "In TYPE I; in TYPE A it is 550.",
  async run(target, session) {
    if (session.type === "ascii") return reply(550, "SIZE needs TYPE I.");
    return reply(213, String((await subjectOf(target, session)).size));
  },
});

const modified = command({
  verb: "MDTM",
  grammar: path,
  login: "needed",
  permission: "list",
  keepsPending: true,
  feature: () => "MDTM",
  help: "Tells when a file last changed, UTC.",
  source: "RFC 3659, 3",
  async run(target, session) {
    const entry = await session.storage.stat(target);
    return reply(213, formatTimeValue(wholeSecond(entry.modifiedMs)));
  },
});

/** The family's rows. */
export const fileCommands: readonly AnyCommand[] = [
  remove,
  renameFrom,
  renameTo,
  size,
  modified,
];
