// What is ours, under SITE.

import { type AnyCommand, command } from "../command.ts";
import { optional, text } from "../grammar.ts";
import { verbsOf } from "./information.ts";

/** The family's rows; SITE HELP tells of all `rows`. */
export function siteCommands(rows: () => readonly AnyCommand[]): readonly AnyCommand[] {
  const help = command({
    verb: "SITE HELP",
    grammar: optional(text("")),
    login: "not-needed",
    keepsPending: true,
    help: "Lists the SITE commands.",
    source: "RFC 959, 4.1.3",
    run: () => verbsOf(rows().filter((row) => row.verb.startsWith("SITE "))),
  });
  return [help];
}
