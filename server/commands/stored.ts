// What an account keeps here: SITE QUOTA, PENDING, FORGET, RESUME.

import { Fault } from "../../shared/fault.ts";
import { type Reply, reply } from "../../shared/reply.ts";
import { formatTimeValue } from "../../shared/time_value.ts";
import { type AnyCommand, command } from "../command.ts";
import { none, path } from "../grammar.ts";
import type { Session } from "../session.ts";

/** A reply is held in memory; who has more unfinished uploads sees the first so many. */
const PENDING_LINES_LIMIT = 1000;

const quota = command({
  verb: "SITE QUOTA",
  grammar: none,
  login: "needed",
  keepsPending: true,
  feature: () => "SITE QUOTA",
  help: "Tells how much is used of what the account may keep.",
  source: "ours",
  async run(_argument, session) {
    const state = await session.storage.quota();
    if (state === undefined) return reply(213, "This account has no quota.");
    const line = (unit: "bytes" | "files") =>
      `${unit} ${state.used[unit]} of ${state.limit[unit] ?? "unlimited"}`;
    return reply(213, "Used, with unfinished uploads:", line("bytes"), line("files"), "End");
  },
});

const pending = command({
  verb: "SITE PENDING",
  grammar: none,
  login: "needed",
  permission: "list",
  keepsPending: true,
  feature: () => "SITE PENDING",
  help: "Lists unfinished uploads: what was received, since when, for which path.",
  source: "ours",
  run: (_argument, session) => listPending(session),
});

async function listPending(session: Session): Promise<Reply> {
  const lines: string[] = [];
  for await (const { path: target, received, sinceMs } of session.storage.pending()) {
    if (lines.length === PENDING_LINES_LIMIT) break;
    lines.push(`Received=${received};Since=${formatTimeValue(sinceMs)}; ${target}`);
  }
  // The time has milliseconds: in the order they began.
  lines.sort((one, other) => sinceIn(one).localeCompare(sinceIn(other)));
  return reply(213, "Unfinished uploads:", ...lines, "End");
}

function sinceIn(line: string): string {
  return line.slice(line.indexOf("Since="));
}

const forget = command({
  verb: "SITE FORGET",
  grammar: path,
  login: "needed",
  permission: "write",
  feature: () => "SITE FORGET",
  help: "Throws an unfinished upload away.",
  source: "ours",
  async run(target, session) {
    await session.storage.forget(target);
    return reply(250, "Forgotten.");
  },
});

const resume = command({
  verb: "SITE RESUME",
  grammar: path,
  login: "needed",
  permission: "write",
  feature: () => "SITE RESUME",
  help:
    "Makes SIZE, HASH, REST, STOR and APPE of a path mean its unfinished upload, though there " +
    "is a file too; until it is stored.",
  source: "ours",
  async run(target, session) {
    const received = await session.storage.unfinished(target);
    if (received === undefined) throw new Fault("not-found", { about: target });
    session.resuming = target;
    return reply(213, `${received} bytes are here; REST and STOR carry them on.`);
  },
});

/** The family's rows. */
export const storedCommands: readonly AnyCommand[] = [quota, pending, forget, resume];
