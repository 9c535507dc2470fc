// The register of sessions: limits that hold over threads and processes, and rows that die with their owners.

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { RuntimeDatabase, runtimeFile } from "../../server/runtime/runtime_database.ts";
import {
  type Registered,
  type RegisteredSession,
  type SessionLimits,
  SessionRegister,
} from "../../server/runtime/session_register.ts";
import { Fault } from "../../shared/fault.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const ROOMY: SessionLimits = {
  sessions: 1000,
  perAddress: 1000,
  strangers: 1000,
  strangersPerAddress: 1000,
};

function joined(directory: string, worker = 1): SessionRegister {
  return SessionRegister.open(directory, { process: Deno.pid, worker });
}

function sessionOf(registered: Registered): RegisteredSession {
  assert.ok(registered.ok);
  return registered.session;
}

function limitOf(registered: Registered): string {
  return registered.ok ? "none" : registered.limit;
}

/** Another process that takes seats and keeps them until it is killed. */
async function otherProcess(plan: {
  readonly directory: string;
  readonly address: string;
  readonly tries: number;
  readonly limits: SessionLimits;
}): Promise<{ admitted: number; kill(): Promise<void> }> {
  const program = new URL("../support/registering_program.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", program, JSON.stringify(plan)],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  return {
    admitted: Number(new TextDecoder().decode(value)),
    async kill() {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
      await child.stdin.close().catch(() => {});
    },
  };
}

Deno.test("each limit refuses by its own name, and a place given back is free", async () => {
  await using home = await temporaryDirectory();
  using register = joined(home.path);
  const first = sessionOf(register.admit("192.0.2.1", ROOMY));
  const admit = (limits: Partial<SessionLimits>, address = "192.0.2.1") =>
    limitOf(register.admit(address, { ...ROOMY, ...limits }));
  assert.equal(admit({ sessions: 1 }, "192.0.2.2"), "sessions");
  assert.equal(admit({ perAddress: 1 }), "perAddress");
  assert.equal(admit({ strangers: 1 }, "192.0.2.2"), "strangers");
  assert.equal(admit({ strangersPerAddress: 1 }), "strangersPerAddress");
  assert.equal(admit({ perAddress: 1, strangersPerAddress: 1 }, "192.0.2.2"), "none");
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  assert.equal(register.count, 1);
  assert.equal(admit({ perAddress: 1, sessions: 2 }), "none");
});

Deno.test("who logged in is a stranger no more, until a logout", async () => {
  await using home = await temporaryDirectory();
  using register = joined(home.path);
  const session = sessionOf(register.admit("192.0.2.1", ROOMY));
  const narrow = { ...ROOMY, strangers: 1, strangersPerAddress: 1 };
  session.belongsTo("alice");
  session.belongsTo("alice");
  const other = sessionOf(register.admit("192.0.2.1", narrow));
  assert.equal(limitOf(register.admit("192.0.2.1", narrow)), "strangers");
  other[Symbol.dispose]();
  session.belongsTo(undefined);
  assert.equal(limitOf(register.admit("192.0.2.1", narrow)), "strangers");
});

Deno.test("all addresses of one IPv6 subscriber count as one", async () => {
  await using home = await temporaryDirectory();
  using register = joined(home.path);
  const limits = { ...ROOMY, perAddress: 1 };
  assert.ok(register.admit("2001:db8:1:2::1", limits).ok);
  assert.equal(limitOf(register.admit("2001:db8:1:2:ffff::9", limits)), "perAddress");
  assert.ok(register.admit("2001:db8:1:3::1", limits).ok);
});

Deno.test("threads share what they count, and one that ends takes its sessions with it", async () => {
  await using home = await temporaryDirectory();
  using first = joined(home.path, 1);
  const second = joined(home.path, 2);
  const limits = { ...ROOMY, perAddress: 2 };
  assert.ok(first.admit("192.0.2.1", limits).ok);
  assert.ok(second.admit("192.0.2.1", limits).ok);
  assert.equal(limitOf(first.admit("192.0.2.1", limits)), "perAddress");
  second[Symbol.dispose]();
  assert.equal(first.count, 1);
  assert.ok(first.admit("192.0.2.1", limits).ok);
});

Deno.test("processes that race take exactly the limit, and killed ones leave their places", async () => {
  await using home = await temporaryDirectory();
  const plan = {
    directory: home.path,
    address: "192.0.2.1",
    tries: 60,
    limits: { ...ROOMY, perAddress: 100 },
  };
  const others = await Promise.all([1, 2, 3].map(() => otherProcess(plan)));
  assert.equal(others.reduce((sum, { admitted }) => sum + admitted, 0), 100);
  using register = joined(home.path);
  assert.equal(limitOf(register.admit("192.0.2.1", plan.limits)), "perAddress");
  await Promise.all(others.map((other) => other.kill()));
  // Nobody restarts: the living one finds the dead when there is no room.
  using later = joined(home.path);
  assert.equal(later.count, 0);
  assert.ok(register.admit("192.0.2.1", plan.limits).ok);
  assert.deepEqual([...Deno.readDirSync(`${home.path}/threads`)].length, 2);
});

Deno.test("a place is found among the dead's as soon as one is wanted", async () => {
  await using home = await temporaryDirectory();
  using register = joined(home.path);
  const limits = { ...ROOMY, sessions: 3 };
  const other = await otherProcess({ directory: home.path, address: "::1", tries: 9, limits });
  assert.equal(other.admitted, 3);
  await other.kill();
  assert.ok(register.admit("192.0.2.1", limits).ok);
  assert.equal(register.count, 1);
});

Deno.test("what is done within a transaction is undone with it, and who failed may try again", async () => {
  await using home = await temporaryDirectory();
  using register = joined(home.path);
  const failing = () =>
    register.database.transaction(() => {
      register.database.transaction(() => register.admit("192.0.2.1", ROOMY));
      assert.equal(register.count, 1);
      throw new Fault("aborted");
    });
  assert.throws(failing, { kind: "aborted" });
  assert.equal(register.count, 0);
  assert.ok(register.database.transaction(() => register.admit("192.0.2.1", ROOMY)).ok);
  using other = joined(home.path, 2);
  assert.equal(other.count, 1);
});

Deno.test("news is told once while any thread lives, and again in the next life", async () => {
  await using home = await temporaryDirectory();
  {
    using first = joined(home.path, 1);
    using second = joined(home.path, 2);
    assert.deepEqual([first.isNews("x"), second.isNews("x"), second.isNews("y")], [
      true,
      false,
      true,
    ]);
  }
  using next = joined(home.path);
  assert.equal(next.isNews("x"), true);
});

Deno.test("nobody else can read the file", {
  // Other systems know no such modes.
  ignore: Deno.build.os === "windows",
}, async () => {
  await using home = await temporaryDirectory();
  using _ = joined(home.path);
  assert.equal((Deno.statSync(runtimeFile(home.path)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("a damaged file and one of another version are made anew", async () => {
  await using home = await temporaryDirectory();
  await Deno.writeTextFile(runtimeFile(home.path), "this is no database, nor was it ever one");
  {
    using register = joined(home.path);
    assert.ok(register.admit("192.0.2.1", ROOMY).ok);
  }
  {
    using database = new DatabaseSync(runtimeFile(home.path));
    database.exec("DROP TABLE notices; PRAGMA user_version = 999");
  }
  using register = joined(home.path);
  assert.equal(register.isNews("x"), true);
});

/** As another version would have left it. */
function ofAnotherVersion(directory: string): DatabaseSync {
  const database = new DatabaseSync(runtimeFile(directory));
  database.exec("PRAGMA user_version = 999");
  return database;
}

Deno.test("a running server of another version keeps its tables, whoever comes", async () => {
  await using home = await temporaryDirectory();
  using register = joined(home.path);
  using _ = ofAnotherVersion(home.path);
  const isOther = { name: "Fault", kind: "unsupported" };
  assert.throws(() => RuntimeDatabase.open(home.path, "command"), isOther);
  assert.throws(() => joined(home.path, 2), isOther);
  assert.ok(register.admit("192.0.2.1", ROOMY).ok);
});

Deno.test("a command makes nothing anew, and a thread that serves only what no living one uses", async () => {
  await using home = await temporaryDirectory();
  {
    using _register = joined(home.path);
  }
  {
    using _ = ofAnotherVersion(home.path);
  }
  const isOther = { name: "Fault", kind: "unsupported" };
  assert.throws(() => RuntimeDatabase.open(home.path, "command"), isOther);
  joined(home.path)[Symbol.dispose]();
  RuntimeDatabase.open(home.path, "command")[Symbol.dispose]();
  const damage = "this is no database, nor was it ever one";
  await Deno.writeTextFile(runtimeFile(home.path), damage);
  const isFailure = { name: "Fault", kind: "host-failure" };
  assert.throws(() => RuntimeDatabase.open(home.path, "command"), isFailure);
  await Deno.mkdir(`${home.path}/threads`, { recursive: true });
  using lock = await Deno.open(`${home.path}/threads/7.lock`, { write: true, create: true });
  await lock.lock(true);
  assert.throws(() => joined(home.path), isFailure);
  assert.equal(await Deno.readTextFile(runtimeFile(home.path)), damage);
});

Deno.test("bans are kept over a change of version that is not of their table", async () => {
  await using home = await temporaryDirectory();
  joined(home.path)[Symbol.dispose]();
  {
    using database = ofAnotherVersion(home.path);
    database.exec("INSERT INTO bans VALUES ('192.0.2.1', '', 1, 2, 3)");
    database.exec("ALTER TABLE known_places ADD COLUMN more INTEGER; DROP TABLE notices");
    database.exec("INSERT INTO known_places VALUES ('192.0.2.1', 'x', 1, 2)");
  }
  using register = joined(home.path);
  const count = (table: string) =>
    register.database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.["rows"];
  assert.deepEqual([count("bans"), count("known_places")], [1, 0]);
  assert.equal(register.isNews("x"), true);
});
