// Transfers that did not finish: uploads as the server tells them, downloads as their parts lie in a local folder.

import { parseFacts } from "../../shared/facts.ts";
import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { parseTimeValue } from "../../shared/time_value.ts";
import type { Client } from "../client.ts";
import { attempt, jsonTime, type OperationContext } from "./operation_context.ts";
import { sendSite, siteVerbs } from "./site.ts";
import { sizeText } from "./transfer_result.ts";

/** A transfer that was interrupted. */
export interface Unfinished {
  readonly kind: "get" | "put";
  /** An upload's path at the server, a download's name in the local folder. */
  readonly path: string;
  /** Bytes that are there already. */
  readonly bytes: number;
  /** When it began, milliseconds since 1970 UTC; of a download when it last moved. */
  readonly sinceMs: number | undefined;
}

/** More are not looked through: the folder is none that people download to. */
const LOCAL_NAMES_LIMIT = 100_000;

/** Those of this login: the server's uploads, where it tells them, and the local folder's downloads. */
export async function findUnfinished(
  context: OperationContext,
  localFolder: string,
): Promise<Unfinished[]> {
  const uploads = await attempt(`pending at ${context.label}`, async () => {
    const client = await context.client();
    const canTell = (await siteVerbs(client, context.signal)).has("PENDING");
    return canTell ? await unfinishedUploads(client, context.signal) : [];
  });
  return [...uploads, ...await unfinishedDownloads(localFolder)];
}

/** Tells one: what, how far, since when. */
export function tellUnfinished(context: OperationContext, each: Unfinished): void {
  const { kind, path, bytes, sinceMs } = each;
  const since = jsonTime(sinceMs);
  context.print(
    { kind, path, bytes, since },
    `${kind}  ${sizeText(bytes).padStart(10)}  ${(since ?? "").padEnd(20)}  ${
      context.terminal.legible(path)
    }`,
  );
}

/**
 * Reads a line of SITE PENDING.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseUnfinishedUpload } from "./unfinished.ts";
 * assert.deepEqual(parseUnfinishedUpload(" Received=3;Since=20250131120000; /a b"), {
 *   ok: true,
 *   value: { kind: "put", path: "/a b", bytes: 3, sinceMs: Date.UTC(2025, 0, 31, 12) },
 * });
 * ```
 */
export function parseUnfinishedUpload(line: string): Parsed<Unfinished> {
  const facts = parseFacts(line.trimStart());
  if (!facts.ok) return facts;
  const received = facts.value.facts.get("received") ?? "";
  if (!/^\d{1,15}$/.test(received)) return unparsed("an unfinished upload tells what was received");
  const since = parseTimeValue(facts.value.facts.get("since") ?? "");
  return parsed({
    kind: "put",
    path: facts.value.name,
    bytes: Number(received),
    sinceMs: since.ok ? since.value : undefined,
  });
}

async function unfinishedUploads(client: Client, signal: AbortSignal): Promise<Unfinished[]> {
  const { lines } = await sendSite(client, ["PENDING"], signal);
  return lines.slice(1, -1).map(parseUnfinishedUpload).flatMap((line) =>
    line.ok ? [line.value] : []
  );
}

async function unfinishedDownloads(folder: string): Promise<Unfinished[]> {
  const found: Unfinished[] = [];
  let seen = 0;
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (++seen > LOCAL_NAMES_LIMIT) break;
      const target = /^\.(.+)\.part$/s.exec(name)?.[1];
      if (target === undefined || !isFile) continue;
      const { size, mtime } = await Deno.stat(`${folder}/${name}`);
      found.push({ kind: "get", path: target, bytes: size, sinceMs: mtime?.getTime() });
    }
  } catch {
    // A folder that cannot be read holds nothing that could be carried on.
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}
