// What is in folders of the server, as completion needs it: fetched once, forgotten when something changed.

import type { Client } from "../client.ts";
import type { Name } from "./completion.ts";

/** Names that a folder may have to be completed from: nobody looks through more, and they are kept in memory. */
const NAMES_LIMIT = 10_000;

/** Folders that are remembered; the one that was asked for first is forgotten first. */
const FOLDERS_LIMIT = 50;

/** Somebody else may have changed the folder: what is older than this is fetched again, milliseconds. */
const FRESH_MS = 60_000;

/** A person does not wait longer for a list of names, milliseconds. */
const PATIENCE_MS = 5_000;

interface Known {
  readonly names: readonly Name[];
  readonly atMs: number;
}

/** The names in folders, by the folder's path. */
export class RemoteNames {
  readonly #known = new Map<string, Known>();

  /** The names in a folder; none where it cannot be listed. */
  async in(folder: string, client: () => Promise<Client>): Promise<readonly Name[]> {
    const known = this.#known.get(folder);
    if (known !== undefined && performance.now() - known.atMs < FRESH_MS) return known.names;
    const names = await fetchNames(folder, client).catch(() => []);
    this.#known.delete(folder);
    this.#known.set(folder, { names, atMs: performance.now() });
    const [oldest] = this.#known.keys();
    if (this.#known.size > FOLDERS_LIMIT && oldest !== undefined) this.#known.delete(oldest);
    return names;
  }

  /** Forgets everything. */
  forget(): void {
    this.#known.clear();
  }
}

async function fetchNames(folder: string, client: () => Promise<Client>): Promise<Name[]> {
  const names: Name[] = [];
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for await (const { name, type } of (await client()).list(folder, { signal })) {
    if (names.length < NAMES_LIMIT) names.push({ name, isFolder: type === "directory" });
  }
  return names.sort((a, b) => a.name < b.name ? -1 : 1);
}
