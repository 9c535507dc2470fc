// Uploads that did not finish, as the server tells them: this machine need not have begun them.

import { parseFacts } from "../../shared/facts.ts";
import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { parseTimeValue } from "../../shared/time_value.ts";
import { attempt, jsonTime, type OperationContext } from "./operation_context.ts";
import { sendSite, siteVerbs } from "./site.ts";
import { sizeIn } from "./transfer_result.ts";

/** An upload that was interrupted. */
export interface UnfinishedUpload {
  /** Absolute path at the server. */
  readonly path: string;
  /** Bytes that are there already. */
  readonly bytes: number;
  /** When it began, milliseconds since 1970 UTC. */
  readonly sinceMs: number | undefined;
}

/** Those of this login; none where the server cannot tell. @throws CommandFailure */
export async function findUploads(context: OperationContext): Promise<UnfinishedUpload[]> {
  return await attempt(`pending at ${context.label}`, async () => {
    const client = await context.client();
    if (!(await siteVerbs(client, context.signal)).has("PENDING")) return [];
    const { lines } = await sendSite(client, ["PENDING"], context.signal);
    return lines.slice(1, -1).map(parseUnfinishedUpload).flatMap((line) =>
      line.ok ? [line.value] : []
    );
  });
}

/** Tells one: how far, since when, what. */
export function tellUpload(context: OperationContext, { path, bytes, sinceMs }: UnfinishedUpload) {
  const since = jsonTime(sinceMs);
  context.print(
    { id: null, kind: "put", path, bytes, since },
    [
      "  -",
      "put   ",
      sizeIn(context.terminal.texts, bytes).padStart(10),
      since ?? "",
      context.terminal.legible(path),
    ]
      .join("  "),
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
 *   value: { path: "/a b", bytes: 3, sinceMs: Date.UTC(2025, 0, 31, 12) },
 * });
 * ```
 */
export function parseUnfinishedUpload(line: string): Parsed<UnfinishedUpload> {
  const facts = parseFacts(line.trimStart());
  if (!facts.ok) return facts;
  const received = facts.value.facts.get("received") ?? "";
  if (!/^\d{1,15}$/.test(received)) return unparsed("an unfinished upload tells what was received");
  const since = parseTimeValue(facts.value.facts.get("since") ?? "");
  return parsed({
    path: facts.value.name,
    bytes: Number(received),
    sinceMs: since.ok ? since.value : undefined,
  });
}
