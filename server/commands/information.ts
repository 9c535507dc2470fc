// What the server says about itself and the session: FEAT, HELP, SYST, STAT, NOOP, OPTS UTF8.

import { formatEndpoint } from "../../shared/endpoint.ts";
import { type Reply, reply } from "../../shared/reply.ts";
import { formatUnixLine } from "../../shared/unix_listing.ts";
import { type AnyCommand, command } from "../command.ts";
import { none, optional, text } from "../grammar.ts";
import { findListing, listingArgument } from "../listing.ts";
import type { Session } from "../session.ts";
import { standingOf } from "../standing.ts";
import { isDataPrivate } from "../transfer.ts";

/** A listing in a reply is held in memory: STAT shows this many names, LIST any number. */
const STATUS_LINES_LIMIT = 1000;

const noop = command({
  verb: "NOOP",
  grammar: optional(text("")),
  login: "not-needed",
  keepsPending: true,
  help: "Does nothing, successfully.",
  source: "RFC 959, 4.1.3",
  run: () => reply(200, "Yes, I am here."),
});

const system = command({
  verb: "SYST",
  grammar: none,
  login: "not-needed",
  keepsPending: true,
  help: "Tells the kind of listings: UNIX.",
  source: "RFC 959, 4.1.3",
  note: "Always UNIX, whatever the host is.",
  run: () => reply(215, "UNIX Type: L8"),
});

const status = command({
  verb: "STAT",
  grammar: listingArgument,
  login: "needed",
  permission: "list",
  duringTransfer: "now",
  keepsPending: true,
  help: "Tells how session and transfer are, or lists a path over the control connection.",
  source: "RFC 959, 4.1.3",
  note: "A listing of more than 1000 names is cut off with a line that says so.",
  async run(argument, session) {
    if (argument.given === "") return statusOf(session);
    const listing = await findListing(argument, session);
    const nowMs = Date.now();
    const lines: string[] = [];
    for await (const batch of listing.entries(session.closing)) {
      lines.push(...batch.map((entry) => formatUnixLine(entry, nowMs)));
      if (lines.length <= STATUS_LINES_LIMIT) continue;
      lines.splice(STATUS_LINES_LIMIT, Infinity, "There is more: use LIST.");
      break;
    }
    return reply(213, "Status:", ...lines, "End");
  },
});

function statusOf(session: Session): Reply {
  const { login, protection, type } = session;
  const user = login.kind === "member" ? login.account.name : "nobody";
  const data = isDataPrivate(session) ? "private" : "clear";
  return reply(
    211,
    "Status:",
    `Connected from ${formatEndpoint(session.peer)}, logged in as ${user}.`,
    `Control ${protection.kind === "tls" ? "under TLS" : "in clear"}, data ${data}.`,
    `TYPE ${type === "ascii" ? "A" : "I"}, STRU F, MODE ${session.mode === "stream" ? "S" : "Z"}.`,
    progressOf(session),
    "End",
  );
}

function progressOf({ transfer, labour }: Session): string {
  if (labour !== undefined) return `${labour.verb} "${labour.path}": under way.`;
  if (transfer === undefined) return "No transfer.";
  return `${transfer.verb} "${transfer.path}": ${transfer.movedBytes} bytes so far.`;
}

const utf8 = command({
  verb: "OPTS UTF8",
  grammar: optional(text("ON")),
  login: "not-needed",
  keepsPending: true,
  feature: () => "UTF8",
  help: "Says that the client's names are UTF-8.",
  source: "RFC 2640, 3",
  note: "ON; OFF is 504.",
  run(wanted = "ON", session) {
    if (wanted.trim().toUpperCase() !== "ON") return reply(504, "File names are always UTF-8.");
    session.names.useUtf8();
    return reply(200, "File names are UTF-8.");
  },
});

/** The family's rows; FEAT and HELP tell of all `rows`. */
export function informationCommands(rows: () => readonly AnyCommand[]): readonly AnyCommand[] {
  const features = command({
    verb: "FEAT",
    grammar: none,
    login: "not-needed",
    keepsPending: true,
    help: "Lists what is offered beyond RFC 959.",
    source: "RFC 2389, 3",
    run(_argument, session) {
      const lines = rows().flatMap((row) => row.feature?.(session) ?? []);
      return reply(211, "Features:", ...lines.toSorted(), "End");
    },
  });

  const help = command({
    verb: "HELP",
    grammar: optional(text("<verb>")),
    login: "not-needed",
    keepsPending: true,
    help: "Lists the verbs, or explains one.",
    source: "RFC 959, 4.1.3",
    run: (wanted, session) =>
      wanted === undefined ? verbsOf(rows(), session) : helpOn(wanted, rows(), session),
  });

  return [noop, system, status, utf8, features, help];
}

/** The verbs, eight a line, a family as one; a star marks what this session cannot use. */
export function verbsOf(rows: readonly AnyCommand[], session: Session): Reply {
  const marked = (row: AnyCommand, verb: string) => isOffered(row, session) ? verb : `${verb}*`;
  const isOneFamily = new Set(rows.map((row) => row.verb.split(" ")[0])).size === 1;
  const verbs = new Set(rows.flatMap((row) => {
    const [family, word] = row.verb.split(" ");
    if (word !== undefined) return isOneFamily ? marked(row, row.verb) : family!;
    return [row.verb, ...row.aliases ?? []].map((verb) => marked(row, verb));
  }));
  const sorted = [...verbs].toSorted();
  const lines: string[] = [];
  while (sorted.length > 0) {
    lines.push(sorted.splice(0, 8).map((verb) => verb.padEnd(6)).join(" ").trimEnd());
  }
  return reply(214, "Commands (* not offered):", ...lines, "HELP <verb> explains one.");
}

/** What HELP says about a verb, a family's word or a family. */
export function helpOn(wanted: string, rows: readonly AnyCommand[], session: Session): Reply {
  const verb = wanted.trim().toUpperCase().replace(/ +/g, " ");
  const row = rows.find((each) => each.verb === verb || each.aliases?.includes(verb));
  if (row !== undefined) return explain(row, session);
  const family = rows.filter((each) => each.verb.startsWith(`${verb} `));
  return family.length > 0 ? verbsOf(family, session) : reply(501, "No such verb.");
}

function explain(row: AnyCommand, session: Session): Reply {
  const syntax = `${row.verb} ${row.grammar.syntax}`.trim();
  const why = row.refusal ?? (isOffered(row, session) ? undefined : "not to this session.");
  const refused = why === undefined ? "" : ` Not offered: ${why}`;
  return reply(214, `${syntax}: ${row.help} (${row.source})${refused}`);
}

/** Whether settings and rights let this session use it; a stranger is told what a login might give. */
function isOffered(row: AnyCommand, session: Session): boolean {
  const { loggedIn, mayWrite, isAdmin } = standingOf(session);
  if (row.refusal !== undefined) return false;
  if (row.permission === "administer" && !isAdmin) return false;
  if (row.permission === "write" && loggedIn && !mayWrite) return false;
  return row.feature === undefined || row.feature(session) !== undefined;
}
