// Logins over the wire: bans, terms, limits, and sessions that end when their account changes.

import assert from "node:assert/strict";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { accountsFile, privateDirectory } from "../../server/data_directory.ts";
import { RuntimeDatabase } from "../../server/runtime/runtime_database.ts";
import { BanList } from "../../server/runtime/ban_list.ts";
import { Secret } from "../../shared/secret.ts";
import { ControlLine } from "../support/control_line.ts";
import { networks } from "../support/networks.ts";
import { InProcessServer, PASSWORD, READER, USER } from "../support/in_process_server.ts";

const BANNING = { loginFailures: 3 };

/** Behind a proxy that says where they come from, for nobody of this machine itself is banned. */
const BEHIND = { ...BANNING, proxyFrom: networks("127.0.0.1") };

function fromElsewhere(port: number, code = 220): Promise<ControlLine> {
  return ControlLine.open(port, code, "127.0.0.1", "PROXY TCP4 203.0.113.7 198.51.100.1 40000 21");
}

async function loggedIn(port: number, name = USER): Promise<ControlLine> {
  return await logIn(await ControlLine.open(port), name);
}

async function logIn(line: ControlLine, name = USER): Promise<ControlLine> {
  await line.say(`USER ${name}`, 331);
  await line.say(`PASS ${PASSWORD}`, 230);
  return line;
}

/** The account store as `ftp user` opens it. */
function storeOf(server: InProcessServer): SqliteAccounts {
  return SqliteAccounts.open(accountsFile(server.home));
}

async function guess(line: ControlLine, code: number, name = USER): Promise<void> {
  await line.say(`USER ${name}`, 331);
  await line.say("PASS wrong", code);
}

Deno.test("an address that guesses is banned: its try, its next connection, its other sessions", async () => {
  await using server = await InProcessServer.start({ settings: BEHIND });
  using other = await logIn(await fromElsewhere(server.port));
  using guesser = await fromElsewhere(server.port);
  await guess(guesser, 530, "nobody");
  await guess(guesser, 530);
  await guess(guesser, 421);
  assert.equal(await other.reply(), 421);
  using _refused = await fromElsewhere(server.port, 421);
});

Deno.test("this machine is not locked out by a wrong script: only the name it guessed at is", async () => {
  await using server = await InProcessServer.start({ settings: BANNING });
  using script = await ControlLine.open(server.port);
  await guess(script, 530);
  await guess(script, 530);
  await guess(script, 421);
  using again = await ControlLine.open(server.port);
  await again.say(`USER ${USER}`, 331);
  await again.say(`PASS ${PASSWORD}`, 421);
  using _operator = await loggedIn(server.port, READER);
  // What `ftp user unban` does while the server runs.
  using database = RuntimeDatabase.open(privateDirectory(server.home), "command");
  assert.equal(new BanList(database).lift({ name: USER }), 1);
  using _owner = await loggedIn(server.port);
});

Deno.test("attempts made at once learn nothing beyond the limit, not even the right one", async () => {
  await using server = await InProcessServer.start({ settings: BEHIND });
  const lines = await Promise.all(Array.from({ length: 8 }, () => fromElsewhere(server.port)));
  const codes = await Promise.all(lines.map(async (line, at) => {
    using _ = line;
    await line.say(`USER ${USER}`, 331);
    await line.send(`PASS guess ${at}`);
    return await line.reply();
  }));
  assert.ok(codes.filter((code) => code === 530).length <= 3, codes.join(" "));
  assert.ok(codes.includes(421));
});

for (
  const [what, change] of [
    ["disabled", { enabled: false }],
    ["made read-only", { readOnly: true }],
    ["expired", { expiresMs: Date.now() - 1 }],
  ] as const
) {
  Deno.test(`an account that is ${what} loses its sessions at once`, async () => {
    await using server = await InProcessServer.start();
    using line = await loggedIn(server.port);
    using bystander = await loggedIn(server.port, READER);
    using store = storeOf(server);
    await store.update(USER, change);
    assert.equal(await line.reply(), 421);
    await bystander.say("NOOP", 200);
  });
}

Deno.test("a session ends when its account's last day has come", async () => {
  await using server = await InProcessServer.start();
  using store = storeOf(server);
  await store.update(USER, { expiresMs: Date.now() + 700 });
  using line = await loggedIn(server.port);
  assert.equal(await line.reply(), 421);
});

Deno.test("a removed account and a changed password end sessions, new limits do not", async () => {
  await using server = await InProcessServer.start();
  using store = storeOf(server);
  using first = await loggedIn(server.port);
  using second = await loggedIn(server.port, READER);
  await store.update(USER, { quotaBytes: 2 ** 30, uploadRate: 2 ** 20 });
  await store.setPassword(READER, new Secret("another"));
  assert.equal(await second.reply(), 421);
  await first.say("NOOP", 200);
  await store.remove(USER);
  assert.equal(await first.reply(), 421);
});

Deno.test("an account has no more sessions than it may", async () => {
  await using server = await InProcessServer.start();
  using store = storeOf(server);
  await store.update(USER, { maxSessions: 2 });
  using first = await loggedIn(server.port);
  using _second = await loggedIn(server.port);
  using third = await ControlLine.open(server.port);
  await third.say(`USER ${USER}`, 331);
  await third.say(`PASS ${PASSWORD}`, 421);
  await first.say("REIN", 220);
  using _fourth = await loggedIn(server.port);
});

Deno.test("a refusal tells its reason to those only who know the password", async () => {
  await using server = await InProcessServer.start();
  using store = storeOf(server);
  await store.update(USER, { enabled: false });
  using line = await ControlLine.open(server.port);
  await line.say(`USER ${USER}`, 331);
  assert.match(await line.ask("PASS wrong"), /^530 Login incorrect/);
  await line.say(`USER ${USER}`, 331);
  assert.match(await line.ask(`PASS ${PASSWORD}`), /^530 This account is disabled/);
});
