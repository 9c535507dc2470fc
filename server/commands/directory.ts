// Where the session is, and directories: PWD, CWD, CDUP, MKD, RMD.

import { Fault } from "../../shared/fault.ts";
import { reply } from "../../shared/reply.ts";
import { parentOf, type VirtualPath } from "../../shared/virtual_path.ts";
import { type AnyCommand, command } from "../command.ts";
import { none, path } from "../grammar.ts";
import type { Session } from "../session.ts";

const printDirectory = command({
  verb: "PWD",
  aliases: ["XPWD"],
  grammar: none,
  login: "needed",
  help: "Tells the working directory.",
  source: "RFC 959, 4.1.3; RFC 775",
  run: (_argument, session) => reply(257, `${quoted(session.directory)} is the working directory.`),
});

const changeDirectory = command({
  verb: "CWD",
  aliases: ["XCWD"],
  grammar: path,
  login: "needed",
  permission: "list",
  feature: () => "TVFS",
  help: "Changes the working directory.",
  source: "RFC 959, 4.1.1; RFC 3659, 6",
  run: enter,
});

const changeUp = command({
  verb: "CDUP",
  aliases: ["XCUP"],
  grammar: none,
  login: "needed",
  permission: "list",
  help: "Changes to the directory above; at the root it stays there.",
  source: "RFC 959, 4.1.1",
  run: (_argument, session) => enter(parentOf(session.directory), session),
});

async function enter(target: VirtualPath, session: Session) {
  const entry = await session.storage.stat(target);
  if (entry.type !== "directory") throw new Fault("not-a-directory", { about: target });
  session.directory = target;
  return reply(250, `${quoted(target)} is the working directory.`);
}

const makeDirectory = command({
  verb: "MKD",
  aliases: ["XMKD"],
  grammar: path,
  login: "needed",
  permission: "write",
  help: "Makes a directory.",
  source: "RFC 959, 4.1.3; RFC 775",
  async run(target, session) {
    await session.storage.createDirectory(target);
    return reply(257, `${quoted(target)} created.`);
  },
});

const removeDirectory = command({
  verb: "RMD",
  aliases: ["XRMD"],
  grammar: path,
  login: "needed",
  permission: "write",
  help: "Removes an empty directory.",
  source: "RFC 959, 4.1.3; RFC 775",
  async run(target, session) {
    await session.storage.removeDirectory(target);
    return reply(250, "Removed.");
  },
});

const mount = command({
  verb: "SMNT",
  grammar: path,
  login: "needed",
  refusal: "There is one file system here.",
  help: "Mounts another file system.",
  source: "RFC 959, 4.1.1",
  run: () => reply(502, "Not done here."),
});

/** As 257 quotes a path: a quote inside is doubled (RFC 959, appendix II). */
function quoted(path: VirtualPath): string {
  return `"${path.replaceAll('"', '""')}"`;
}

/** The family's rows. */
export const directoryCommands: readonly AnyCommand[] = [
  printDirectory,
  changeDirectory,
  changeUp,
  makeDirectory,
  removeDirectory,
  mount,
];
