// docs/rfc_compliance.md, written from the command table: what is done of each RFC, what is refused and why.

import type { AnyCommand } from "../server/command.ts";
import { commandTable } from "../server/command_table.ts";

/** Where the page is. */
export const PAGE = new URL("../docs/rfc_compliance.md", import.meta.url);

/** What every verb came with that does not say otherwise. */
const FIRST_VERSION = "0.1.0";

const HEAD = `# What is done of which RFC

Made from the server's command table by \`deno task compliance\`; a test fails when it is out of date.
How whole rules are kept, and by which test, is in [protocol_rules.md](protocol_rules.md).

`;

/** The page as text, in the form that \`deno fmt\` leaves alone. */
export function compliancePage(rows: readonly AnyCommand[]): string {
  const cells = [
    ["verb", "source", "status", "since", "note"],
    ...rows.toSorted((a, b) => a.verb < b.verb ? -1 : 1).map(cellsOf),
  ];
  const widths = cells[0]!.map((_, column) => {
    return Math.max(...cells.map((row) => row[column]!.length));
  });
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |\n`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |\n`;
  return HEAD + line(cells[0]!) + rule + cells.slice(1).map(line).join("");
}

function cellsOf(row: AnyCommand): string[] {
  const verbs = [row.verb, ...row.aliases ?? []].map((verb) => `\`${verb}\``).join(", ");
  const status = row.refusal === undefined ? "done" : "refused";
  const note = [row.refusal, row.note].filter((each) => each !== undefined).join(" ");
  return [verbs, row.source, status, row.since ?? FIRST_VERSION, note.replaceAll("|", "or")];
}

if (import.meta.main) await Deno.writeTextFile(PAGE, compliancePage(commandTable().rows));
