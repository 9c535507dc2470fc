// Everything that is known about one file or folder of the server.

import { approximateSize } from "../../shared/units.ts";
import { displayWidth, padToWidth } from "../display_width.ts";
import type { RemoteEntry } from "../remote_entry.ts";
import type { Texts } from "../texts/english.ts";
import { entryRecord, modeText } from "./listing_output.ts";
import { attempt, jsonTime, type OperationContext, shown } from "./operation_context.ts";
import type { RemotePlace } from "./remote_names.ts";

/** Tells it, as an object or as lines. @throws CommandFailure */
export async function tellFacts(context: OperationContext, place: RemotePlace): Promise<void> {
  const { path } = place;
  const entry = place.entry ??
    await attempt(`stat ${shown(path)} at ${context.label}`, async () => {
      const client = await context.client();
      return await client.stat(path === "" ? "." : path, { signal: context.signal });
    });
  context.print(
    entryRecord({ path, entry }),
    ...factLines(path, entry, context.terminal.texts.facts).map((line) =>
      context.terminal.legible(line)
    ),
  );
}

function factLines(path: string, entry: RemoteEntry, texts: Texts["facts"]): string[] {
  const { type, size, modifiedMs, mode, linkTarget } = entry;
  const owner = [entry.owner, entry.group].filter((each) => each !== undefined).join(" ");
  const facts: readonly (readonly [string, string | undefined])[] = [
    [texts.path, path === "" ? "." : path],
    [texts.type, texts.types[type]],
    [texts.size, size === undefined ? undefined : `${size} (${approximateSize(size)})`],
    [texts.modified, jsonTime(modifiedMs) ?? undefined],
    [texts.rights, mode === undefined ? undefined : modeText(entry)],
    [texts.owner, owner || undefined],
    [texts.leadsTo, linkTarget],
  ];
  const known = facts.filter(([, value]) => value !== undefined);
  const columns = Math.max(...known.map(([name]) => displayWidth(name))) + 1;
  return known.map(([name, value]) => `${padToWidth(`${name}:`, columns)} ${value}`);
}
