// Who is at a server, as a table and as objects.

import type { PresentSession } from "../../shared/presence.ts";
import { sessionTable } from "../presence_table.ts";
import { jsonTime, type OperationContext } from "./operation_context.ts";

/** Tells the sessions. */
export function tellSessions(
  { json, terminal, print }: Pick<OperationContext, "json" | "terminal" | "print">,
  sessions: readonly PresentSession[],
): void {
  const [head = "", ...lines] = sessionTable(sessions, Date.now(), terminal.texts.presence);
  if (!json) {
    if (sessions.length === 0) return terminal.note(terminal.texts.presence.nobody);
    terminal.print(head);
  }
  for (const [at, session] of sessions.entries()) print(sessionRecord(session), lines[at] ?? "");
}

function sessionRecord({ id, account, address, sinceMs, transfer }: PresentSession) {
  return {
    id,
    user: account ?? null,
    address,
    since: jsonTime(sinceMs),
    verb: transfer?.verb ?? null,
    path: transfer?.path ?? null,
    done: transfer === undefined ? null : transfer.offsetBytes + transfer.movedBytes,
    size: transfer?.totalBytes ?? null,
    rate: transfer?.rateBytes ?? null,
  };
}
