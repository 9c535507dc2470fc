// The command table: every row of commands/*.ts, found by verb.

import type { Request } from "../shared/request.ts";
import type { AnyCommand } from "./command.ts";
import { accessCommands } from "./commands/access.ts";
import { attributeCommands } from "./commands/attributes.ts";
import { dataConnectionCommands } from "./commands/data_connection.ts";
import { directoryCommands } from "./commands/directory.ts";
import { fileCommands } from "./commands/file.ts";
import { informationCommands } from "./commands/information.ts";
import { integrityCommands } from "./commands/integrity.ts";
import { listingCommands } from "./commands/listing.ts";
import { membershipCommands } from "./commands/membership.ts";
import { presenceCommands } from "./commands/presence.ts";
import { protectionCommands } from "./commands/protection.ts";
import { representationCommands } from "./commands/representation.ts";
import { peerCommands } from "./commands/peer.ts";
import { siteCommands } from "./commands/site.ts";
import { storedCommands } from "./commands/stored.ts";
import { treeCommands } from "./commands/tree.ts";
import { transferCommands } from "./commands/transfer.ts";

/** A row with the text its grammar will read, or why there is none. */
export type Found =
  | { readonly kind: "row"; readonly command: AnyCommand; readonly argument: string | undefined }
  | { readonly kind: "unknown"; readonly code: number; readonly text: string };

/** What HELP, FEAT and the gates see. */
export interface CommandTable {
  readonly rows: readonly AnyCommand[];
  find(request: Request): Found;
}

/** Verbs whose first argument word names the command, and the code for a word nobody knows. */
const FAMILIES: ReadonlyMap<string, { code: number; text: string }> = new Map([
  ["SITE", { code: 504, text: "Unknown SITE command; SITE HELP lists them." }],
  // RFC 2389, 4: an option for a command that takes none.
  ["OPTS", { code: 501, text: "There is no such option." }],
]);

/** Builds the table of everything this server does and of what it refuses with a reason. */
export function commandTable(): CommandTable {
  const rows: AnyCommand[] = [
    ...accessCommands,
    ...protectionCommands,
    ...directoryCommands,
    ...fileCommands,
    ...attributeCommands,
    ...listingCommands,
    ...transferCommands,
    ...treeCommands,
    ...dataConnectionCommands,
    ...representationCommands,
    ...integrityCommands,
    ...storedCommands,
    ...peerCommands,
    ...membershipCommands,
    ...presenceCommands,
    ...informationCommands(() => rows),
    ...siteCommands(() => rows),
  ];
  return tableOf(rows);
}

/** A table of these rows. */
export function tableOf(rows: readonly AnyCommand[]): CommandTable {
  const byVerb = new Map<string, AnyCommand>();
  for (const row of rows) {
    for (const verb of [row.verb, ...row.aliases ?? []]) byVerb.set(verb, row);
  }
  return {
    rows,
    find({ verb, argument }) {
      const family = FAMILIES.get(verb);
      if (family === undefined) {
        const command = byVerb.get(verb);
        return command === undefined
          ? { kind: "unknown", code: 500, text: "Unknown command; HELP lists them." }
          : { kind: "row", command, argument };
      }
      const [, word = "", rest] = /^ *([A-Za-z0-9]*)(?: (.*))?$/s.exec(argument ?? "") ?? [];
      const command = byVerb.get(`${verb} ${word.toUpperCase()}`);
      return command === undefined
        ? { kind: "unknown", ...family }
        : { kind: "row", command, argument: rest };
    },
  };
}
