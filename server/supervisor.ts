// Keeps N threads serving one port: starts them, restarts those that die, passes on changes and the end.

import { pause } from "../shared/deadline.ts";
import type { Endpoint } from "../shared/endpoint.ts";
import type { Log } from "../shared/log.ts";
import { type ServerCounts, ThreadCounts } from "./metrics/thread_counts.ts";
import type { ServingPlan, ServingUpdate } from "./serving.ts";
import type { ServingThread, StartThread } from "./serving_thread.ts";

/** What a supervisor is made from. */
export interface SupervisorOptions {
  /** What all threads have in common. */
  readonly plan: Omit<ServingPlan, "thread">;
  readonly threads: number;
  readonly start: StartThread;
  readonly log: Log;
}

/** A thread that dies at once every time is not started more often than this. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A thread that lived so long died of something new: the pauses start from the shortest again. */
const HEALTHY_MS = 60_000;

/** The threads of one server. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #threads = new Map<number, ServingThread>();
  readonly #counts = new ThreadCounts();
  readonly #stopping = new AbortController();
  /** One for each thread, which ends with it for good. */
  readonly #watches: Promise<void>[] = [];
  #plan: Omit<ServingPlan, "thread">;
  #endpoint: Endpoint | undefined;
  #implicitEndpoint: Endpoint | undefined;

  private constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#plan = options.plan;
  }

  /** Starts all threads; the first one picks the port where any will do. @throws what a thread throws */
  static async start(options: SupervisorOptions): Promise<Supervisor> {
    const supervisor = new Supervisor(options);
    try {
      await supervisor.#startThread(1);
      const others = Array.from({ length: options.threads - 1 }, (_, at) => at + 2);
      // All of them, so that none is still starting when the first failure stops the rest.
      const started = await Promise.allSettled(others.map((each) => supervisor.#startThread(each)));
      const failed = started.find((each) => each.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    } catch (error) {
      await supervisor.stop();
      throw error;
    }
    return supervisor;
  }

  /** What all threads listen on. */
  get endpoint(): Endpoint {
    if (this.#endpoint === undefined) throw new Error("no thread listens yet");
    return this.#endpoint;
  }

  /** What all threads listen on for FTPS; `undefined` without `--implicit-port`. */
  get implicitEndpoint(): Endpoint | undefined {
    return this.#implicitEndpoint;
  }

  /** Passes changed settings and a certificate on to every thread, those started later too. */
  update(update: ServingUpdate): void {
    this.#plan = { ...this.#plan, ...update };
    for (const thread of this.#threads.values()) thread.update(update);
  }

  /** What has happened in all threads, those that died included. */
  counts(): Promise<ServerCounts> {
    return this.#counts.ask([...this.#threads.values()]);
  }

  /** Ends all threads; resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const thread of this.#threads.values()) thread.stop();
    await Promise.all(this.#watches);
  }

  async #startThread(number: number): Promise<void> {
    const thread = await this.#options.start({ ...this.#plan, thread: number });
    this.#threads.set(number, thread);
    // The threads that follow share the port the first one got.
    this.#endpoint ??= thread.endpoint;
    this.#implicitEndpoint ??= thread.implicitEndpoint;
    const implicitPort = thread.implicitEndpoint?.port;
    this.#plan = { ...this.#plan, port: thread.endpoint.port, implicitPort };
    this.#watches.push(this.#watch(number, thread));
  }

  async #watch(number: number, first: ServingThread): Promise<void> {
    const { log } = this.#options;
    let thread = first;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const startedMs = performance.now();
      const reason = await thread.ended;
      this.#threads.delete(number);
      if (this.#stopping.signal.aborted) return;
      if (performance.now() - startedMs >= HEALTHY_MS) pauseMs = FIRST_PAUSE_MS;
      log.write("error", "worker died", { worker: number, reason: String(reason) });
      const replacement = await this.#replace(number, pauseMs);
      if (replacement === undefined) return;
      thread = replacement;
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** @returns `undefined` when the server stops meanwhile. */
  async #replace(number: number, firstPauseMs: number): Promise<ServingThread | undefined> {
    const { log, start } = this.#options;
    for (let pauseMs = firstPauseMs;; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      await pause(pauseMs, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return undefined;
      try {
        const thread = await start({ ...this.#plan, thread: number });
        if (this.#stopping.signal.aborted) {
          thread.stop();
          await thread.ended;
          return undefined;
        }
        this.#threads.set(number, thread);
        log.write("info", "worker restarted", { worker: number });
        return thread;
      } catch (error) {
        log.write("error", "worker not restarted", { worker: number, reason: String(error) });
      }
    }
  }
}
