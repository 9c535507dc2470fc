// Who is there, for administrators, under SITE: WHO, KICK.

import { formatPresence } from "../../shared/presence.ts";
import { reply } from "../../shared/reply.ts";
import { type AnyCommand, command } from "../command.ts";
import { none, text } from "../grammar.ts";
import { presenceOf } from "../presence.ts";
import { standingOf } from "../standing.ts";

const who = command({
  verb: "SITE WHO",
  grammar: none,
  login: "needed",
  permission: "administer",
  keepsPending: true,
  feature: (session) => standingOf(session).isAdmin ? "SITE WHO" : undefined,
  help: "Tells all sessions and what they move, as facts.",
  source: "ours",
  async run(_argument, { services }) {
    const presence = await presenceOf(services);
    return reply(213, "Sessions:", ...formatPresence(presence), "End");
  },
});

const kick = command({
  verb: "SITE KICK",
  grammar: text("<id>"),
  login: "needed",
  permission: "administer",
  feature: (session) => standingOf(session).isAdmin ? "SITE KICK" : undefined,
  help: "Ends a session; SITE WHO tells its id.",
  source: "ours",
  run(id, { services, log }) {
    if (!services.sessions.dismiss(id.trim(), "kicked")) return reply(550, "No such session.");
    log.write("info", "kicked", { kicked: id.trim() });
    return reply(200, "It ends within a second.");
  },
});

/** The family's rows. */
export const presenceCommands: readonly AnyCommand[] = [who, kick];
