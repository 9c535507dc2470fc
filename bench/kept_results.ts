// Where results are kept: the JSON of all groups, and the tables of the document beside it.

import type { RunResult } from "./result.ts";
import { formatReport } from "./table.ts";

/** The lines of a document between which the tables are written. */
const MARKERS = {
  begin: "<!-- the bench writes from here -->",
  end: "<!-- to here -->",
} as const;

/** What was kept before; `undefined` where nothing was. */
export async function readKept(path: string | URL): Promise<RunResult | undefined> {
  const text = await readIfThere(path);
  return text === undefined ? undefined : JSON.parse(text) as RunResult;
}

/** Both runs as one: a group that was measured again replaces the one that was kept. */
export function merged(kept: RunResult | undefined, now: RunResult): RunResult {
  return { machine: now.machine, groups: { ...kept?.groups, ...now.groups } };
}

/**
 * Writes a run's groups over those of the same name, and the tables of all groups into the Markdown file
 * beside it, where there is one: `performance.md` beside `performance.json`.
 */
export async function keep(path: string, now: RunResult): Promise<void> {
  const run = merged(await readKept(path), now);
  await Deno.writeTextFile(path, JSON.stringify(run, undefined, 2) + "\n");
  const documentPath = path.replace(/\.json$/, "") + ".md";
  const document = await readIfThere(documentPath);
  if (document === undefined) return;
  await Deno.writeTextFile(documentPath, withSection(document, formatReport(run)));
}

/** The document with other text between its markers. @throws Error where it has no markers */
export function withSection(document: string, section: string): string {
  const begin = document.indexOf(MARKERS.begin);
  const end = document.indexOf(MARKERS.end, begin);
  if (begin < 0 || end < 0) throw new Error(`no "${MARKERS.begin}" and "${MARKERS.end}" in it`);
  const before = document.slice(0, begin + MARKERS.begin.length);
  return `${before}\n\n${section.trim()}\n\n${document.slice(end)}`;
}

async function readIfThere(path: string | URL): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
