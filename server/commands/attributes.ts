// What is known about a file besides its bytes, changed: MFMT, MFCT, MFF, SITE CHMOD, SITE UTIME.

import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { type Reply, reply } from "../../shared/reply.ts";
import { formatTimeValue, parseTimeValue } from "../../shared/time_value.ts";
import type { VirtualPath } from "../../shared/virtual_path.ts";
import { type AnyCommand, command, type Grammar } from "../command.ts";
import { path, text, type TimedPath, timedPath } from "../grammar.ts";
import type { Session } from "../session.ts";

const modify = command({
  verb: "MFMT",
  grammar: timedPath,
  login: "needed",
  permission: "write",
  feature: (session) => can(session, "setModified") ? "MFMT" : undefined,
  help: "Sets when a file last changed, UTC.",
  source: "draft-somers-ftp-mfxx, 3",
  async run({ ms, path: target }, session) {
    await session.storage.setModified(target, ms);
    return reply(213, `Modify=${formatTimeValue(ms)}; ${target}`);
  },
});

const create = command({
  verb: "MFCT",
  grammar: timedPath,
  login: "needed",
  permission: "write",
  refusal: "When a file was created cannot be changed here; MFMT sets when it last changed.",
  help: "Sets when a file was created.",
  source: "draft-somers-ftp-mfxx, 4",
  run: () => reply(502, "Not done here."),
});

/** Facts to set on a path; those that are not ours to set are named in `refused`. */
interface FactsPath {
  readonly modifiedMs?: number;
  readonly mode?: number;
  readonly refused?: string;
  readonly path: VirtualPath;
}

const modifyFacts = command({
  verb: "MFF",
  grammar: {
    syntax: "<fact>=<value>;[...] <path>",
    parse(given = "", from): Parsed<FactsPath> {
      const space = given.indexOf(" ");
      if (space < 0) return unparsed("facts, a space and a path are expected");
      const target = path.parse(given.slice(space + 1), from);
      if (!target.ok) return target;
      const facts = parseFacts(given.slice(0, space));
      return facts.ok ? parsed({ ...facts.value, path: target.value }) : facts;
    },
  },
  login: "needed",
  permission: "write",
  feature: (session) => {
    const times = can(session, "setModified") ? "Modify;" : "";
    const modes = can(session, "setMode") ? "UNIX.mode;" : "";
    return times + modes === "" ? undefined : `MFF ${times}${modes}`;
  },
  help: "Sets facts of a file or directory: when it last changed, its permission bits.",
  source: "draft-somers-ftp-mfxx, 5",
  note: "Modify and UNIX.mode; others are 504.",
  run: setFacts,
});

/** All or nothing where a fact is not ours to set; the answer tells what is there now. */
async function setFacts(wanted: FactsPath, session: Session): Promise<Reply> {
  const { refused, modifiedMs, mode, path: target } = wanted;
  if (refused !== undefined) return reply(504, "Only Modify and UNIX.mode can be set here.");
  if (mode !== undefined && !session.storage.abilities.setMode) {
    return reply(504, "There are no permission bits here.");
  }
  const told: string[] = [];
  if (mode !== undefined) {
    told.push(`UNIX.mode=${formatOctal(await session.storage.setMode(target, mode))};`);
  }
  if (modifiedMs !== undefined) {
    await session.storage.setModified(target, modifiedMs);
    told.push(`Modify=${formatTimeValue(modifiedMs)};`);
  }
  return reply(213, `${told.join("")} ${target}`);
}

function parseFacts(given: string): Parsed<Omit<FactsPath, "path">> {
  const facts: { modifiedMs?: number; mode?: number; refused?: string } = {};
  const pairs = given.split(";").filter((pair) => pair !== "");
  if (pairs.length === 0) return unparsed("at least one fact is expected");
  for (const pair of pairs) {
    const [, fact = "", value = ""] = /^([A-Za-z.]+)=(.*)$/.exec(pair) ?? [];
    switch (fact.toLowerCase()) {
      case "":
        return unparsed("a fact is written name=value;");
      case "modify": {
        const time = parseTimeValue(value);
        if (!time.ok) return time;
        facts.modifiedMs = time.value;
        break;
      }
      case "unix.mode": {
        const mode = parseMode(value);
        if (!mode.ok) return mode;
        facts.mode = mode.value;
        break;
      }
      default:
        facts.refused = fact;
    }
  }
  return parsed(facts);
}

const changeMode = command({
  verb: "SITE CHMOD",
  grammar: {
    syntax: "<octal mode> <path>",
    parse(given = "", from): Parsed<{ mode: number; path: VirtualPath }> {
      const [, digits = "", rest] = /^ *([^ ]*)(?: (.*))?$/s.exec(given) ?? [];
      const mode = parseMode(digits);
      if (!mode.ok) return mode;
      const target = path.parse(rest, from);
      return target.ok ? parsed({ mode: mode.value, path: target.value }) : target;
    },
  },
  login: "needed",
  permission: "write",
  feature: (session) => can(session, "setMode") ? "SITE CHMOD" : undefined,
  help: "Sets permission bits; those that lend the owner's rights to others are left out.",
  source: "in wide use",
  async run({ mode, path: target }, session) {
    return reply(200, `The mode is ${formatOctal(await session.storage.setMode(target, mode))}.`);
  },
});

/** `YYYYMMDDhhmm[ss] path`, or `path accessed modified created UTC`, of which only one can be set. */
const utimeArgument: Grammar<TimedPath> = {
  syntax: "<YYYYMMDDhhmm[ss]> <path> | <path> <accessed> <modified> <created> UTC",
  parse(given = "", from): Parsed<TimedPath> {
    const long = /^(.+) \d{14} (\d{14}) \d{14} UTC$/is.exec(given);
    const short = /^(\d{12}(?:\d\d)?) (.+)$/s.exec(given);
    const [name, time] = long !== null ? [long[1], long[2]] : [short?.[2], short?.[1]];
    if (name === undefined || time === undefined) return unparsed("times and a path are expected");
    const modified = parseTimeValue(time.padEnd(14, "0"));
    if (!modified.ok) return modified;
    const target = path.parse(name, from);
    return target.ok ? parsed({ ms: modified.value, path: target.value }) : target;
  },
};

const utime = command({
  verb: "SITE UTIME",
  grammar: utimeArgument,
  login: "needed",
  permission: "write",
  feature: (session) => can(session, "setModified") ? "SITE UTIME" : undefined,
  help: "Sets when a file last changed, UTC; the other two times are taken and not kept.",
  source: "in wide use",
  note: "The time of the last access and of creation are read and not kept.",
  async run({ ms, path: target }, session) {
    await session.storage.setModified(target, ms);
    return reply(200, `Modify=${formatTimeValue(ms)}; ${target}`);
  },
});

const umask = command({
  verb: "SITE UMASK",
  grammar: text("<octal mask>"),
  login: "needed",
  refusal: "New files have the server's own mode; SITE CHMOD changes it.",
  help: "Chooses the permission bits new files do not get.",
  source: "in wide use",
  run: () => reply(502, "Not done here."),
});

function parseMode(digits: string): Parsed<number> {
  return /^[0-7]{3,4}$/.test(digits)
    ? parsed(parseInt(digits, 8))
    : unparsed("a mode is three or four octal digits");
}

function formatOctal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** Before a login nobody knows the storage; the usual kind can. */
function can(session: Session, ability: "setModified" | "setMode"): boolean {
  return session.login.kind !== "member" || session.login.storage.abilities[ability];
}

/** The family's rows. */
export const attributeCommands: readonly AnyCommand[] = [
  modify,
  create,
  modifyFacts,
  changeMode,
  utime,
  umask,
];
