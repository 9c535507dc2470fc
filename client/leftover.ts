// Removes a file that we put at a server for a moment, finished or not.

import type { Client } from "./client.ts";
import { Refused } from "./failure.ts";

/** @returns the refusal that keeps it there; `undefined` when nothing of it is left. */
export async function removeLeftover(
  client: Client,
  path: string,
  signal: AbortSignal,
): Promise<Refused | undefined> {
  const refused = await refusal(() => client.removeFile(path, { signal }));
  // An upload that broke off is kept for its owner by a server like ours.
  if (client.features.resumesReplacements) await client.quote(`SITE FORGET ${path}`, { signal });
  if (refused === undefined) return undefined;
  const isGone = await refusal(() => client.stat(path, { signal })) !== undefined;
  return isGone ? undefined : refused;
}

async function refusal(work: () => Promise<unknown>): Promise<Refused | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}
