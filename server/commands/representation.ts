// How bytes are meant: TYPE, MODE, OPTS MODE, STRU, and the parameters of the next transfer: REST, ALLO.

import { Fault } from "../../shared/fault.ts";
import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { reply } from "../../shared/reply.ts";
import { type AnyCommand, command, type Grammar } from "../command.ts";
import { text, wholeNumber } from "../grammar.ts";
import type { RepresentationType } from "../session.ts";

/** A type of RFC 959, 3.1.1: one we do, or one we know and refuse. */
const typeCode: Grammar<RepresentationType | "refused"> = {
  syntax: "A | A N | I | L 8",
  parse(given = ""): Parsed<RepresentationType | "refused"> {
    const [kind = "", form, ...more] = given.trim().toUpperCase().split(/ +/);
    if (more.length > 0) return unparsed("too many words");
    switch (kind) {
      case "A":
        if (form === undefined || form === "N") return parsed("ascii");
        return form === "T" || form === "C" ? parsed("refused") : unparsed("expected A or A N");
      case "I":
        return form === undefined ? parsed("image") : unparsed("I has no form");
      case "L":
        return parsed(form === "8" ? "image" : "refused");
      case "E":
        return parsed("refused");
      default:
        return unparsed("expected A, I or L 8");
    }
  },
};

const type = command({
  verb: "TYPE",
  grammar: typeCode,
  login: "needed",
  keepsPending: true,
  help: "Chooses text (A: line ends are converted) or bytes (I).",
  source: "RFC 959, 3.1.1",
  note: "A, A N, I and L 8; the others are 504.",
  run(wanted, session) {
    if (wanted === "refused") return reply(504, "Only A, A N, I and L 8 are done here.");
    session.type = wanted;
    return reply(200, wanted === "ascii" ? "Text, line ends are converted." : "Bytes as they are.");
  },
});

const mode = command({
  verb: "MODE",
  grammar: text("S | Z"),
  login: "needed",
  keepsPending: true,
  feature: () => "MODE Z",
  help: "Chooses the transmission mode: stream (S) or deflated (Z).",
  source: "RFC 959, 3.4; draft-preston-ftpext-deflate, 2",
  note: "S and Z; B and C are 504.",
  run(wanted, session) {
    switch (wanted.trim().toUpperCase()) {
      case "S":
        session.mode = "stream";
        return reply(200, "Stream.");
      case "Z":
        session.mode = "deflate";
        return reply(200, "Deflated.");
      default:
        return reply(504, "Only MODE S and MODE Z are done here.");
    }
  },
});

const modeOptions = command({
  verb: "OPTS MODE",
  grammar: {
    syntax: "Z [LEVEL <1-9>]",
    parse(given = ""): Parsed<number | undefined> {
      const match = /^ *Z(?: +LEVEL +([1-9]))? *$/i.exec(given);
      if (match === null) return unparsed("expected Z LEVEL and a digit from 1 to 9");
      return parsed(match[1] === undefined ? undefined : Number(match[1]));
    },
  },
  login: "not-needed",
  keepsPending: true,
  help: "Chooses how hard MODE Z tries: 1 is fast, 9 is small.",
  source: "draft-preston-ftpext-deflate, 3",
  run(level, session) {
    session.deflateLevel = level ?? session.deflateLevel;
    return reply(200, `MODE Z LEVEL set to ${session.deflateLevel}.`);
  },
});

const structure = command({
  verb: "STRU",
  grammar: text("F"),
  login: "needed",
  keepsPending: true,
  help: "Chooses the file structure: none.",
  source: "RFC 959, 3.1.2",
  note: "F; R and P are 504.",
  run: (wanted) =>
    wanted.trim().toUpperCase() === "F"
      ? reply(200, "File.")
      : reply(504, "Only STRU F is done here."),
});

const restart = command({
  verb: "REST",
  grammar: wholeNumber("<offset>"),
  login: "needed",
  feature: () => "REST STREAM",
  help: "Says at which byte the next transfer starts.",
  source: "RFC 3659, 5",
  run(offset, session) {
    session.pending = { kind: "restart", offset };
    return reply(350, `The next transfer starts at ${offset}.`);
  },
});

const allocate = command({
  verb: "ALLO",
  grammar: {
    syntax: "<bytes>",
    // `R` and a record size may follow: they mean nothing without records.
    parse: (given = "", from) =>
      wholeNumber("<bytes>").parse(given.trim().replace(/ +R +\d+$/i, ""), from),
  },
  login: "needed",
  permission: "write",
  keepsPending: true,
  help: "Announces the size of the next upload: the whole file's, also when it is resumed.",
  source: "RFC 959, 4.1.3",
  note: "Bytes only: a record size is read and means nothing.",
  async run(bytes, session) {
    const quota = await session.storage.quota();
    // Whatever it replaces or carries on; whether it fits beside the rest STOR will tell.
    if (bytes > (quota?.limit.bytes ?? Infinity)) throw new Fault("over-quota");
    session.announcedSize = bytes;
    return reply(200, "Noted.");
  },
});

/** The family's rows. */
export const representationCommands: readonly AnyCommand[] = [
  type,
  mode,
  modeOptions,
  structure,
  restart,
  allocate,
];
