// Who talks to whom, and how: HOST, LANG, CLNT, CSID.

import { reply } from "../../shared/reply.ts";
import { type AnyCommand, command } from "../command.ts";
import { optional, text } from "../grammar.ts";

const host = command({
  verb: "HOST",
  grammar: {
    syntax: "<name>",
    parse: (given = "", from) =>
      text("<name>").parse(given.trim().replace(/^\[(.*)\]$/, "$1"), from),
  },
  login: "not-needed",
  feature: (session) => session.services.tls === undefined ? undefined : "HOST",
  help: "Says which of the server's names is meant; it has those of its certificate.",
  source: "RFC 7151, 3",
  note: "One host, with the names of the certificate; others are 504.",
  run(name, session) {
    // RFC 7151, 3: it comes before the login.
    if (session.login.kind !== "stranger") return reply(503, "HOST comes before USER.");
    const isOurs = name === session.local.address || session.services.tls?.speaksFor(name) === true;
    return isOurs ? reply(220, "Here.") : reply(504, "There is no such host here.");
  },
});

const language = command({
  verb: "LANG",
  grammar: optional(text("<language>")),
  login: "not-needed",
  keepsPending: true,
  feature: () => "LANG EN*",
  help: "Chooses the language of replies: English.",
  source: "RFC 2640, 4",
  note: "English; others are 504.",
  run: (wanted = "en") =>
    /^en(-|$)/i.test(wanted.trim())
      ? reply(200, "English.")
      : reply(504, "Replies are in English only."),
});

/** A name longer than this is cut off in the log. */
const CLIENT_NAME_CHARACTERS = 100;

const client = command({
  verb: "CLNT",
  grammar: text("<name of the client>"),
  login: "not-needed",
  keepsPending: true,
  feature: () => "CLNT",
  help: "Tells the client's name, for the log and for what this client cannot do.",
  source: "in wide use",
  run(text, session) {
    const name = text.slice(0, CLIENT_NAME_CHARACTERS);
    session.clientName = name;
    session.log.write("debug", "client", { name });
    return reply(200, "Noted.");
  },
});

const identify = command({
  verb: "CSID",
  grammar: text("Name=<name>; Version=<version>;"),
  login: "not-needed",
  keepsPending: true,
  feature: () => "CSID",
  help: "Tells the client's name and is told the server's.",
  source: "draft-peterson-streamlined-ftp-command-extensions, 4",
  run(given, session) {
    session.log.write("debug", "client", { name: given.slice(0, CLIENT_NAME_CHARACTERS) });
    // SECURITY: no version: it would tell which holes to try.
    return reply(200, "Name=ftp; CaseSensitive=1; DirSep=/;");
  },
});

/** The family's rows. */
export const peerCommands: readonly AnyCommand[] = [host, language, client, identify];
