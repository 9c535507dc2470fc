// What is particular to the account store in SQLite: the file, several connections, versions.

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AccountsDatabase } from "../../server/accounts/accounts_database.ts";
import { MIGRATIONS } from "../../server/accounts/accounts_schema.ts";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { isFault } from "../../shared/fault.ts";
import { Secret } from "../../shared/secret.ts";
import type { AccountsToAdd } from "../support/account_adding_worker.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const CHEAP = { cost: { logN: 4, blockSize: 8, parallel: 1 } };
const DEARER = { cost: { logN: 5, blockSize: 8, parallel: 1 } };
const secret = new Secret("right");

Deno.test("the store's files can be read by their owner only", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  using accounts = SqliteAccounts.open(path, CHEAP);
  await accounts.add({ name: "ann" }, secret);
  for (const file of ["", "-wal", "-shm"]) {
    const { mode } = await Deno.stat(`${path}${file}`);
    assert.equal((mode ?? 0) & 0o777, 0o600, `accounts.db${file}`);
  }
});

Deno.test("no password is in the file, only a hash with its parameters", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  using accounts = SqliteAccounts.open(path, CHEAP);
  await accounts.add({ name: "ann" }, new Secret("plain-as-day"));
  const text = await Deno.readTextFile(path) + await Deno.readTextFile(`${path}-wal`);
  assert.ok(!text.includes("plain-as-day"));
  assert.ok(text.includes("$scrypt$ln=4,r=8,p=1$"));
});

Deno.test("what one connection changes counts for the other at once", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  using server = SqliteAccounts.open(path, CHEAP);
  using command = SqliteAccounts.open(path, CHEAP);
  await command.add({ name: "ann" }, secret);
  assert.ok((await server.verify("ann", secret, "")).ok);
  await command.update("ann", { readOnly: true });
  const verdict = await server.verify("ann", secret, "");
  assert.ok(verdict.ok && verdict.account.readOnly);
  await command.setPassword("ann", new Secret("other"));
  assert.ok(!(await server.verify("ann", secret, "")).ok);
  await command.update("ann", { enabled: false });
  assert.deepEqual(await server.verify("ann", new Secret("other"), ""), {
    ok: false,
    why: "disabled",
  });
  await command.remove("ann");
  assert.equal(await server.find("ann"), undefined);
});

Deno.test("who was proven a moment ago is recognised, until the account changes by whatever connection", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  using server = SqliteAccounts.open(path, CHEAP);
  using command = SqliteAccounts.open(path, CHEAP);
  const account = await command.add({ name: "ann" }, secret);
  const recognised = () => server.recognise("ann", secret, "");
  assert.equal(recognised(), undefined);
  assert.ok((await server.verify("ann", secret, "")).ok);
  assert.deepEqual(recognised(), { ok: true, account });
  assert.equal(server.recognise("ann", new Secret("wrong"), ""), undefined);
  assert.equal(server.recognise("nobody", secret, ""), undefined);
  await command.update("ann", { enabled: false });
  assert.equal(recognised(), undefined);
  assert.ok(!(await server.verify("ann", secret, "")).ok);
  assert.deepEqual(recognised(), { ok: false, why: "disabled" });
  await command.setPassword("ann", new Secret("other"));
  assert.equal(recognised(), undefined);
  await command.remove("ann");
  assert.equal(recognised(), undefined);
});

Deno.test("a password that changes while it is being checked is not accepted any more", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  using server = SqliteAccounts.open(path, CHEAP);
  using command = SqliteAccounts.open(path, CHEAP);
  await command.add({ name: "ann" }, secret);
  const checked = server.verify("ann", secret, "");
  // The check has read the account and now waits for its hash.
  await command.remove("ann");
  assert.deepEqual(await checked, { ok: false, why: "wrong" });
});

Deno.test("a hundred accounts added through two connections at once are all there", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  using one = SqliteAccounts.open(path, CHEAP);
  using two = SqliteAccounts.open(path, CHEAP);
  const names = Array.from({ length: 100 }, (_, at) => `user${String(at).padStart(3, "0")}`);
  await Promise.all(names.map((name, at) => [one, two][at % 2]?.add({ name }, secret)));
  const listed = await one.list();
  assert.deepEqual(listed.map(({ name }) => name), names);
  assert.equal(new Set(listed.map(({ revision }) => revision)).size, 100);
});

Deno.test("threads that make the store and fill it at the same moment do not lose a change", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  const threads = Array.from({ length: 3 }, (_, thread) => {
    const names = Array.from({ length: 100 }, (_, at) => `user${thread}-${at}`);
    return addInThread({ path, names });
  });
  await Promise.all(threads);
  using accounts = SqliteAccounts.open(path, CHEAP);
  const listed = await accounts.list();
  assert.equal(listed.length, 300);
  // Each account's second change got a revision of its own.
  assert.equal(new Set(listed.map(({ revision }) => revision)).size, 300);
  assert.equal(Math.max(...listed.map(({ revision }) => revision)), 600);
});

Deno.test("accounts are there again when the store is opened again", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  {
    using accounts = SqliteAccounts.open(path, CHEAP);
    await accounts.add({ name: "ann", quotaBytes: 5 }, secret);
  }
  using accounts = SqliteAccounts.open(path, CHEAP);
  assert.equal((await accounts.find("ann"))?.quotaBytes, 5);
  assert.ok((await accounts.verify("ann", secret, "")).ok);
});

Deno.test("a hash made with other parameters is renewed at the next login, its revision kept", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  {
    using accounts = SqliteAccounts.open(path, CHEAP);
    await accounts.add({ name: "ann" }, secret);
  }
  using accounts = SqliteAccounts.open(path, DEARER);
  const before = await accounts.find("ann");
  assert.ok((await accounts.verify("ann", secret, "")).ok);
  assert.match(storedHash(path), /^\$scrypt\$ln=5,/);
  assert.deepEqual(await accounts.find("ann"), before);
  assert.ok((await accounts.verify("ann", secret, "")).ok);
});

Deno.test("an empty file of an older version is brought up to date, step by step", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  new DatabaseSync(path).close();
  using accounts = SqliteAccounts.open(path, CHEAP);
  await accounts.add({ name: "ann" }, secret);
  assert.equal(version(path), MIGRATIONS.length);
});

Deno.test("a store that a newer version made is left alone", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  const newer = MIGRATIONS.length + 1;
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA user_version = ${newer}`);
  database.close();
  assert.throws(() => SqliteAccounts.open(path, CHEAP), (error) => isFault(error, "unsupported"));
  assert.equal(version(path), newer);
});

Deno.test("a file that is no database is a host failure, not a crash", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  await Deno.writeTextFile(path, "this is a text and was never a database, whatever it is called");
  assert.throws(() => SqliteAccounts.open(path, CHEAP), (error) => isFault(error, "host-failure"));
});

async function addInThread(work: AccountsToAdd): Promise<void> {
  const worker = new Worker(new URL("../support/account_adding_worker.ts", import.meta.url), {
    type: "module",
  });
  try {
    await new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(work);
    });
  } finally {
    worker.terminate();
  }
}

function storedHash(path: string): string {
  using database = new DatabaseSync(path, { readOnly: true });
  return String(database.prepare("SELECT password FROM accounts").get()?.["password"]);
}

function version(path: string): number {
  using database = new DatabaseSync(path, { readOnly: true });
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

Deno.test("a store that another writer has locked is busy, which is no damage", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "accounts.db");
  using mine = AccountsDatabase.open(path, 10);
  using other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  assert.throws(() => mine.transaction(() => {}), (error) => isFault(error, "busy"));
  other.exec("ROLLBACK");
  assert.equal(mine.transaction(() => "done"), "done");
});
