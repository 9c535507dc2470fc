// SITE HELP. The other SITE commands are rows of the family they belong to, named `SITE <word>`.

import { type AnyCommand, command } from "../command.ts";
import { optional, text } from "../grammar.ts";
import { helpOn, verbsOf } from "./information.ts";

/** The family's rows; SITE HELP tells of all `rows`. */
export function siteCommands(rows: () => readonly AnyCommand[]): readonly AnyCommand[] {
  const help = command({
    verb: "SITE HELP",
    grammar: optional(text("<command>")),
    login: "not-needed",
    keepsPending: true,
    help: "Lists the SITE commands, or explains one.",
    source: "RFC 959, 4.1.3",
    run: (wanted, session) =>
      wanted === undefined
        ? verbsOf(rows().filter((row) => row.verb.startsWith("SITE ")), session)
        : helpOn(`SITE ${wanted}`, rows(), session),
  });
  return [help];
}
