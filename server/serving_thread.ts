// One thread that serves: this one, or a worker; the supervisor sees no difference.

import type { Endpoint } from "../shared/endpoint.ts";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import type { Counts } from "./metrics/event_counts.ts";
import type { ThreadMessage, ThreadReport } from "./thread_messages.ts";
import { openServing, type ServingPlan, type ServingUpdate } from "./serving.ts";

/** A thread that serves. */
export interface ServingThread {
  /** What it listens on. */
  readonly endpoint: Endpoint;
  /** The same of `--implicit-port`. */
  readonly implicitEndpoint?: Endpoint | undefined;
  /** Resolves when it serves no more: `undefined` after `stop`, the reason when it died. */
  readonly ended: Promise<unknown>;
  /** Puts changed settings and a new certificate into effect, and reopens the log file. */
  update(update: ServingUpdate): void;
  /** What has happened in it. Never settles when it dies first. */
  counts(): Promise<Counts>;
  /** No new sessions; transfers get ten seconds; then everything is closed and it ends. */
  stop(): void;
}

/** Starts a thread. @throws what binding the port and opening the account store throw */
export type StartThread = (plan: ServingPlan) => Promise<ServingThread>;

/** Serves in this very thread: for one worker a second thread would only cost memory. */
export function startInThisThread(plan: ServingPlan): Promise<ServingThread> {
  return openServing(plan);
}

/** Answers how to start a thread from this module, which must speak `thread_messages.ts`. */
export function startInWorker(module: URL): StartThread {
  return async (plan) => {
    const worker = new Worker(module, { type: "module", name: `ftp worker ${plan.thread}` });
    const listening = Promise.withResolvers<Pick<ServingThread, "endpoint" | "implicitEndpoint">>();
    const ended = Promise.withResolvers<unknown>();
    const end = (reason: unknown) => {
      worker.terminate();
      listening.reject(reason ?? new Error("it ended before it listened"));
      ended.resolve(reason);
    };
    const asking: ((counts: Counts) => void)[] = [];
    worker.onerror = (event) => {
      // Without this the error would end the whole process.
      event.preventDefault();
      end(new Error(event.message));
    };
    worker.onmessage = ({ data: report }: MessageEvent<ThreadReport>) => {
      if (report.kind === "listening") listening.resolve(report);
      else if (report.kind === "counted") asking.shift()?.(report.counts);
      else if (report.kind === "refused") end(refusal(plan.thread, report.reason));
      else end(report.reason);
    };
    const send = (message: ThreadMessage) => worker.postMessage(message);
    send({ kind: "start", plan });
    const { endpoint, implicitEndpoint } = await listening.promise;
    return {
      endpoint,
      implicitEndpoint,
      ended: ended.promise,
      update: (update) => send({ kind: "update", update }),
      counts: () =>
        new Promise((resolve) => {
          asking.push(resolve);
          send({ kind: "count" });
        }),
      stop: () => send({ kind: "stop" }),
    };
  };
}

/** Errors lose their class on the way between threads: this is what the person sees. */
function refusal(thread: number, reason: string): CommandFailure {
  return new CommandFailure(ExitCode.failed, `starting worker ${thread}`, reason);
}
