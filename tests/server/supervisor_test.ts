// The threads of a server: started, replaced when they die, told of changes, stopped.

import assert from "node:assert/strict";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { NO_COUNTS } from "../../server/metrics/event_counts.ts";
import { accountsFile, prepareDataDirectory } from "../../server/data_directory.ts";
import type { ServingPlan } from "../../server/serving.ts";
import {
  type ServingThread,
  startInThisThread,
  startInWorker,
  type StartThread,
} from "../../server/serving_thread.ts";
import type { ServerSettings } from "../../server/settings.ts";
import { Supervisor } from "../../server/supervisor.ts";
import { CommandFailure } from "../../shared/exit_code.ts";
import { parseExtendedPassiveReply } from "../../shared/host_port.ts";
import { Secret } from "../../shared/secret.ts";
import { ControlLine } from "../support/control_line.ts";
import { RecordedLog, standardSettings } from "../support/in_process_server.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const CHEAP = { cost: { logN: 4, blockSize: 8, parallel: 1 } };
const MORTAL_WORKER = new URL("../support/mortal_worker.ts", import.meta.url);

/** Two threads that can be made to die. */
function startMortal(settings: ServerSettings, log: RecordedLog): Promise<Supervisor> {
  return Supervisor.start({
    plan: { settings, identity: undefined, port: 0 },
    threads: 2,
    start: startInWorker(MORTAL_WORKER),
    log,
  });
}

Deno.test("threads that die are replaced, on the same port, and the server lives on", async () => {
  await using directory = await temporaryDirectory();
  const settings = await quietSettings(directory.path, 2);
  const log = new RecordedLog();
  const supervisor = await startMortal(settings, log);
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

Deno.test("what a thread held of a quota when it died is free again, and what came of its upload stays", async () => {
  await using directory = await temporaryDirectory();
  const settings = await quietSettings(directory.path, 2);
  {
    using accounts = SqliteAccounts.open(accountsFile(settings.home), CHEAP);
    await accounts.add({ name: "ann", quotaBytes: 1_000_000 }, new Secret("a"));
  }
  const log = new RecordedLog();
  const supervisor = await startMortal(settings, log);
  try {
    const { port } = supervisor.endpoint;
    using before = await loggedIn(port);
    await before.say("ALLO 900000", 200);
    using data = await passive(before);
    await before.say("STOR f", 150);
    const written = data.write(new Uint8Array(300_000));
    assert.match(await before.ask("STAT"), /"\/f": \d+ bytes so far/);
    using other = await loggedIn(port);
    assert.equal(await other.ask("AVBL"), "213 100000");
    supervisor.update({ settings: { ...settings, maxSessions: 13 }, identity: undefined });
    for (const worker of [1, 2]) {
      await log.seen(({ event, fields }) =>
        event === "worker restarted" && fields["worker"] === worker
      );
    }
    await written.catch(() => {});

    using after = await loggedIn(port);
    const quota = await after.ask("SITE QUOTA");
    const used = Number(/ bytes (\d+) of 1000000/.exec(quota)?.[1] ?? NaN);
    assert.ok(used <= 300_000, quota);
    assert.equal(await after.ask("SIZE f"), `213 ${used}`);
    assert.equal(await after.ask("AVBL"), `213 ${1_000_000 - used}`);
    await after.say("SITE FORGET f", 250);
    assert.equal(await after.ask("AVBL"), "213 1000000");
  } finally {
    await supervisor.stop();
  }
});

async function loggedIn(port: number): Promise<ControlLine> {
  const line = await ControlLine.open(port);
  await line.say("USER ann", 331);
  await line.say("PASS a", 230);
  await line.say("TYPE I", 200);
  return line;
}

async function passive(line: ControlLine): Promise<Deno.TcpConn> {
  const answer = parseExtendedPassiveReply(await line.ask("EPSV"));
  assert.ok(answer.ok);
  return await Deno.connect({ hostname: "127.0.0.1", port: answer.value });
}

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
  const start = startMortal(settings, new RecordedLog());
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
