// The threads of a server: started, replaced when they die, told of changes, stopped.

import assert from "node:assert/strict";
import { NO_COUNTS } from "../../server/metrics/event_counts.ts";
import { prepareDataDirectory } from "../../server/data_directory.ts";
import type { ServingPlan } from "../../server/serving.ts";
import {
  type ServingThread,
  startInThisThread,
  startInWorker,
  type StartThread,
} from "../../server/serving_thread.ts";
import { Supervisor } from "../../server/supervisor.ts";
import { CommandFailure } from "../../shared/exit_code.ts";
import { ControlLine } from "../support/control_line.ts";
import { RecordedLog, standardSettings } from "../support/in_process_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const MORTAL_WORKER = new URL("../support/mortal_worker.ts", import.meta.url);

Deno.test("threads that die are replaced, on the same port, and the server lives on", async () => {
  await using directory = await temporaryDirectory();
  const settings = await quietSettings(directory.path, 2);
  const log = new RecordedLog();
  const supervisor = await Supervisor.start({
    plan: { settings, identity: undefined, port: 0 },
    threads: 2,
    start: startInWorker(MORTAL_WORKER),
    log,
  });
  try {
    const { port } = supervisor.endpoint;
    using before = await ControlLine.open(port);
    await before.say("NOOP", 200);
    supervisor.update({ settings: { ...settings, maxSessions: 13 }, identity: undefined });
    for (const worker of [1, 2]) {
      const death = await log.seen(({ event, fields }) =>
        event === "worker died" && fields["worker"] === worker
      );
      assert.match(String(death.fields["reason"]), /thirteen/);
      await log.seen(({ event, fields }) =>
        event === "worker restarted" && fields["worker"] === worker
      );
    }
    // What was changed holds for the new ones too; only the change itself was fatal.
    using after = await ControlLine.open(port);
    await after.say("NOOP", 200);
  } finally {
    await supervisor.stop();
  }
  await assert.rejects(ControlLine.open(supervisor.endpoint.port), Deno.errors.ConnectionRefused);
});

Deno.test("a server of one thread serves in this thread", async () => {
  await using directory = await temporaryDirectory();
  const settings = await quietSettings(directory.path, 1);
  const supervisor = await Supervisor.start({
    plan: { settings, identity: undefined, port: 0 },
    threads: 1,
    start: startInThisThread,
    log: new RecordedLog(),
  });
  using peer = await ControlLine.open(supervisor.endpoint.port);
  await peer.say("NOOP", 200);
  await supervisor.stop();
});

Deno.test("when one thread cannot start, the others are stopped and the reason is told", async () => {
  const threads = new FakeThreads();
  threads.refuse = (plan) => plan.thread === 3;
  await assert.rejects(startFakes(threads, 4), /thread 3 cannot start/);
  assert.deepEqual(threads.stopped.toSorted(), [1, 2, 4]);
});

Deno.test("a worker that cannot open the account store says why", async () => {
  await using directory = await temporaryDirectory();
  const settings = await quietSettings(directory.path, 2);
  await Deno.mkdir(`${directory.path}/.ftp/accounts.db`);
  const start = Supervisor.start({
    plan: { settings, identity: undefined, port: 0 },
    threads: 2,
    start: startInWorker(MORTAL_WORKER),
    log: new RecordedLog(),
  });
  await assert.rejects(start, (error) => {
    assert.ok(error instanceof CommandFailure);
    return error.tried === "starting worker 1";
  });
});

Deno.test("the threads that follow share the port of the first one", async () => {
  const threads = new FakeThreads();
  const supervisor = await startFakes(threads, 3);
  assert.deepEqual(threads.plans.map(({ thread, port }) => [thread, port]), [
    [1, 0],
    [2, 4001],
    [3, 4001],
  ]);
  assert.deepEqual(supervisor.endpoint, { address: "192.0.2.1", port: 4001 });
  await supervisor.stop();
});

Deno.test("a thread that cannot be replaced yet is tried again until it can", async () => {
  const threads = new FakeThreads();
  const log = new RecordedLog();
  const supervisor = await startFakes(threads, 1, log);
  let refusals = 2;
  threads.refuse = () => refusals-- > 0;
  threads.die(1);
  await log.seen(({ event }) => event === "worker restarted");
  const failures = log.lines.filter(({ event }) => event === "worker not restarted");
  assert.equal(failures.length, 2);
  await supervisor.stop();
  assert.deepEqual(threads.stopped, [1]);
});

Deno.test("stopping does not wait for a replacement that is due later", async () => {
  const threads = new FakeThreads();
  const log = new RecordedLog();
  const supervisor = await startFakes(threads, 2, log);
  threads.die(2);
  await log.seen(({ event }) => event === "worker died");
  await supervisor.stop();
  assert.deepEqual(threads.stopped, [1]);
  assert.equal(threads.plans.length, 2);
});

async function quietSettings(home: string, workers: number) {
  await prepareDataDirectory(home);
  const logFile = `${home}/.ftp/log`;
  return { ...standardSettings(home), host: "127.0.0.1", tls: "off" as const, workers, logFile };
}

async function startFakes(threads: FakeThreads, count: number, log = new RecordedLog()) {
  await using directory = await temporaryDirectory();
  const settings = standardSettings(directory.path);
  const plan = { settings, identity: undefined, port: 0 };
  return await Supervisor.start({ plan, threads: count, start: threads.start, log });
}

/** Threads that do nothing but live and die on request. */
class FakeThreads {
  readonly plans: ServingPlan[] = [];
  readonly stopped: number[] = [];
  refuse: (plan: ServingPlan) => boolean = () => false;
  readonly #ends = new Map<number, (reason: unknown) => void>();

  readonly start: StartThread = (plan): Promise<ServingThread> => {
    if (this.refuse(plan)) return Promise.reject(new Error(`thread ${plan.thread} cannot start`));
    this.plans.push(plan);
    const ended = Promise.withResolvers<unknown>();
    this.#ends.set(plan.thread, ended.resolve);
    return Promise.resolve({
      endpoint: { address: "192.0.2.1", port: plan.port === 0 ? 4001 : plan.port },
      ended: ended.promise,
      update() {},
      counts: () => Promise.resolve(NO_COUNTS),
      stop: () => {
        this.stopped.push(plan.thread);
        ended.resolve(undefined);
      },
    });
  };

  die(thread: number): void {
    this.#ends.get(thread)?.(new Error("died"));
  }
}
