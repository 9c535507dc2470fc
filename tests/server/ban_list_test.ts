// Failed logins and the bans that come of them, for all threads and over restarts.

import assert from "node:assert/strict";
import { BanList, FAILURES_COUNT_MS, type LoginOrigin } from "../../server/runtime/ban_list.ts";
import { RuntimeDatabase } from "../../server/runtime/runtime_database.ts";
import { SessionRegister } from "../../server/runtime/session_register.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const MINUTE_MS = 60_000;
const TERMS = { failures: 4, banMs: MINUTE_MS };
const GUESSER = from("192.0.2.1");
const OWNER = from("198.51.100.1");
const HERE: LoginOrigin = { address: "127.0.0.1", isExempt: true };

function from(address: string): LoginOrigin {
  return { address, isExempt: false };
}

/** A ban list with a clock of its own. */
class TrialBans implements AsyncDisposable {
  nowMs = Date.UTC(2026, 0, 1);
  readonly #stack: AsyncDisposableStack;

  private constructor(readonly directory: string, stack: AsyncDisposableStack) {
    this.#stack = stack;
  }

  static async open(): Promise<TrialBans> {
    const stack = new AsyncDisposableStack();
    return new TrialBans(stack.use(await temporaryDirectory()).path, stack);
  }

  /** As another thread, or the same after a restart, opens it. */
  list(): BanList {
    const database = this.#stack.use(RuntimeDatabase.open(this.directory, "command"));
    return new BanList(database, () => this.nowMs);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

function fail(bans: BanList, origin: LoginOrigin, name: string, times: number) {
  return Array.from({ length: times }, () => bans.failed(origin, name, TERMS)).at(-1);
}

Deno.test("an address that guesses is banned for all names, others are not", async () => {
  await using trial = await TrialBans.open();
  const bans = trial.list();
  assert.equal(fail(bans, GUESSER, "ann", 3)?.isBanned, false);
  assert.equal(bans.holds(GUESSER), false);
  assert.equal(bans.failed(GUESSER, "bob", TERMS).isBanned, true);
  assert.equal(bans.holds(GUESSER), true);
  assert.equal(bans.holds(GUESSER, "cy"), true);
  assert.equal(bans.holds(from("192.0.2.2")), false);
  assert.equal(bans.holds(OWNER, "ann"), false);
});

Deno.test("the addresses of one IPv6 network are one", async () => {
  await using trial = await TrialBans.open();
  const bans = trial.list();
  for (const host of [1, 2, 3, 4]) bans.failed(from(`2001:db8::${host}`), "ann", TERMS);
  assert.equal(bans.holds(from("2001:db8::5")), true);
  assert.equal(bans.holds(from("2001:db8:0:1::5")), false);
});

Deno.test("a ban holds in other threads and after a restart, and ends in time", async () => {
  await using trial = await TrialBans.open();
  fail(trial.list(), GUESSER, "ann", 4);
  const other = trial.list();
  assert.equal(other.holds(GUESSER), true);
  trial.nowMs += MINUTE_MS - 1;
  assert.equal(other.holds(GUESSER), true);
  trial.nowMs += 1;
  assert.equal(other.holds(GUESSER), false);
});

Deno.test("each ban that follows soon lasts twice as long", async () => {
  await using trial = await TrialBans.open();
  const bans = trial.list();
  const lengths = Array.from({ length: 3 }, () => {
    fail(bans, GUESSER, "ann", 4);
    const [ban] = bans.list();
    assert.ok(ban !== undefined);
    trial.nowMs = ban.untilMs;
    return ban.untilMs - ban.sinceMs;
  });
  assert.deepEqual(lengths, [MINUTE_MS, 2 * MINUTE_MS, 4 * MINUTE_MS]);
  trial.nowMs += 24 * 3600_000;
  fail(bans, GUESSER, "ann", 4);
  const [late] = bans.list();
  assert.equal((late?.untilMs ?? 0) - (late?.sinceMs ?? 0), MINUTE_MS);
});

Deno.test("a name guessed from many addresses is banned but where its owner logged in before", async () => {
  await using trial = await TrialBans.open();
  const bans = trial.list();
  bans.succeeded(OWNER.address, "ann");
  for (let host = 1; host <= 12; host++) bans.failed(from(`192.0.2.${host}`), "Ann", TERMS);
  assert.equal(bans.holds(from("203.0.113.1"), "ann"), true);
  assert.equal(bans.holds(from("203.0.113.1"), "bob"), false);
  assert.equal(bans.holds(from("203.0.113.1")), false);
  assert.equal(bans.holds(OWNER, "ann"), false);
  assert.equal(bans.holds(HERE, "ann"), false);
});

Deno.test("this machine is never banned as a whole, only a name from it", async () => {
  await using trial = await TrialBans.open();
  const bans = trial.list();
  fail(bans, HERE, "ann", 50);
  assert.equal(bans.holds(HERE, "ann"), true);
  assert.equal(bans.holds(HERE, "bob"), false);
  assert.equal(bans.holds(HERE), false);
  for (let at = 0; at < 50; at++) bans.failed(HERE, `name${at}`, TERMS);
  assert.equal(bans.holds(HERE), false);
  // Nor for what was done with other names.
  assert.equal(bans.holds(HERE, "name49"), false);
});

Deno.test("whom a proxy on this machine calls by its address is banned, this machine is not", async () => {
  await using trial = await TrialBans.open();
  using register = SessionRegister.open(trial.directory, { process: 1, worker: 1 });
  const limits = { sessions: 9, perAddress: 9, strangers: 9, strangersPerAddress: 9 };
  assert.ok(register.admit(HERE.address, limits).ok);
  const bans = trial.list();
  const proxied = from(HERE.address);
  fail(bans, proxied, "ann", 4);
  assert.equal(bans.holds(proxied), true);
  assert.equal(bans.holds(proxied, "bob"), true);
  assert.equal(bans.holds(HERE), false);
  assert.equal(bans.holds(HERE, "ann"), false);
  assert.deepEqual(register.dismissals(), []);
});

Deno.test("answers to failures come later and later, up to a limit, and fast again in time", async () => {
  await using trial = await TrialBans.open();
  const bans = trial.list();
  const terms = { ...TERMS, failures: 100 };
  const delays = Array.from({ length: 9 }, () => bans.failed(GUESSER, "ann", terms).delayMs);
  assert.deepEqual(delays, [0, 0, 250, 500, 1000, 2000, 4000, 4000, 4000]);
  trial.nowMs += FAILURES_COUNT_MS;
  assert.equal(bans.failed(GUESSER, "ann", terms).delayMs, 0);
});

Deno.test("a success forgives the failures of its name from there and no others", async () => {
  await using trial = await TrialBans.open();
  const bans = trial.list();
  fail(bans, GUESSER, "ann", 3);
  bans.succeeded(GUESSER.address, "ann");
  assert.equal(fail(bans, GUESSER, "ann", 3)?.isBanned, false);
  // An own account does not help to guess another's.
  bans.succeeded(GUESSER.address, "mallory");
  assert.equal(bans.failed(GUESSER, "ann", TERMS).isBanned, true);
});

Deno.test("each success forgives, also where the name has logged in a moment before", async () => {
  await using trial = await TrialBans.open();
  const bans = trial.list();
  for (let time = 0; time < 3; time++) {
    bans.succeeded(OWNER.address, "ann");
    fail(bans, OWNER, "ann", 3);
    assert.equal(bans.holds(OWNER), false);
  }
});

Deno.test("an owner's place is known for a month after the last login, not after the first", async () => {
  await using trial = await TrialBans.open();
  const bans = trial.list();
  for (let week = 0; week < 6; week++, trial.nowMs += 7 * 24 * 60 * MINUTE_MS) {
    bans.succeeded(OWNER.address, "ann");
  }
  bans.succeeded(GUESSER.address, "mallory");
  for (let host = 1; host <= 12; host++) bans.failed(from(`192.0.2.${host}`), "ann", TERMS);
  assert.equal(bans.holds(from("203.0.113.1"), "ann"), true);
  assert.equal(bans.holds(OWNER, "ann"), false);
});

Deno.test("a ban of an address ends its sessions", async () => {
  await using trial = await TrialBans.open();
  using register = SessionRegister.open(trial.directory, { process: 1, worker: 1 });
  const limits = { sessions: 9, perAddress: 9, strangers: 9, strangersPerAddress: 9 };
  const [guesser, owner] = [
    register.admit(GUESSER.address, limits),
    register.admit(OWNER.address, limits),
  ];
  assert.ok(guesser.ok && owner.ok);
  fail(trial.list(), GUESSER, "ann", 4);
  assert.deepEqual(register.dismissals(), [{ id: guesser.session.id, why: "banned" }]);
});

Deno.test("bans are listed and lifted by address, by name, or all", async () => {
  await using trial = await TrialBans.open();
  const bans = trial.list();
  fail(bans, GUESSER, "ann", 4);
  fail(bans, HERE, "ann", 4);
  fail(bans, HERE, "bob", 4);
  assert.equal(bans.list().length, 3);
  assert.equal(bans.lift(GUESSER), 1);
  assert.equal(bans.holds(GUESSER), false);
  assert.equal(bans.lift({ name: "ANN" }), 1);
  assert.equal(bans.lift({ name: "nobody" }), 0);
  assert.deepEqual(bans.list().map(({ address }) => address), ["127.0.0.1"]);
  assert.equal(bans.lift("all"), 1);
  assert.deepEqual(bans.list(), []);
  assert.equal(fail(bans, GUESSER, "ann", 3)?.isBanned, false);
});

Deno.test("no name is kept as it was typed", async () => {
  await using trial = await TrialBans.open();
  const bans = trial.list();
  fail(bans, GUESSER, "typed-a-password-here", 2);
  bans.failed(HERE, "typed-a-password-here", TERMS);
  const files = ["runtime.db", "runtime.db-wal"].map((name) =>
    Deno.readTextFileSync(`${trial.directory}/${name}`)
  );
  assert.ok(!files.join("").includes("typed-a-password"));
});
