// A worker like any other, except that it dies of an uncaught error when its settings allow 13 sessions.

/// <reference lib="deno.worker" />

import "../../server/worker.ts";
import type { ThreadMessage } from "../../server/thread_messages.ts";

declare const self: DedicatedWorkerGlobalScope;

/** The number that kills it. */
const FATAL_SESSIONS = 13;

self.addEventListener("message", ({ data: message }: MessageEvent<ThreadMessage>) => {
  if (message.kind !== "update") return;
  if (message.update.settings.maxSessions === FATAL_SESSIONS) throw new Error("thirteen");
});
