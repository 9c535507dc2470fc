// A worker thread: serves as the supervisor tells it to.

/// <reference lib="deno.worker" />

import { collectGarbage } from "./memory_return.ts";
import { NO_COUNTS } from "./metrics/event_counts.ts";
import { openServing, type Serving, type ServingPlan } from "./serving.ts";
import type { ThreadMessage, ThreadReport } from "./thread_messages.ts";

declare const self: DedicatedWorkerGlobalScope;

let serving: Serving | undefined;

self.onmessage = ({ data: message }: MessageEvent<ThreadMessage>) => {
  if (message.kind === "start") start(message.plan);
  else if (message.kind === "update") serving?.update(message.update);
  else if (message.kind === "count") count();
  else serving?.stop();
};

async function start(plan: ServingPlan): Promise<void> {
  try {
    serving = await openServing(plan);
  } catch (error) {
    return report({ kind: "refused", reason: textOf(error) });
  }
  const { endpoint, implicitEndpoint } = serving;
  report({ kind: "listening", endpoint, implicitEndpoint });
  // What loading the modules left is not needed again.
  collectGarbage();
  const reason = await serving.ended;
  report({ kind: "ended", reason: reason === undefined ? undefined : textOf(reason) });
}

async function count(): Promise<void> {
  report({ kind: "counted", counts: await serving?.counts() ?? NO_COUNTS });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function report(message: ThreadReport): void {
  self.postMessage(message);
}
