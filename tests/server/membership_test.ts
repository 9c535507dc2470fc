// One's own account over the wire: making one, its password, leaving; invites; who is there.

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import type { AccountChange } from "../../server/accounts/accounts.ts";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { accountsFile } from "../../server/data_directory.ts";
import { KEPT_REMOVED_MS, sweepRemovedHomes } from "../../server/removed_homes.ts";
import { parsePresence } from "../../shared/presence.ts";
import { Secret } from "../../shared/secret.ts";
import { ControlLine } from "../support/control_line.ts";
import { InProcessServer, PASSWORD, READER, USER } from "../support/in_process_server.ts";
import { networks } from "../support/networks.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const OPEN = { registration: "open" } as const;

async function loggedIn(port: number, name: string, password: string): Promise<ControlLine> {
  const line = await ControlLine.open(port);
  await line.say(`USER ${name}`, 331);
  await line.say(`PASS ${password}`, 230);
  return line;
}

/** The account store as `ftp user` opens it. */
function storeOf(server: InProcessServer): SqliteAccounts {
  return SqliteAccounts.open(accountsFile(server.home));
}

function removedHomes(server: InProcessServer): string[] {
  try {
    return [...Deno.readDirSync(join(server.home, ".ftp", "removed"))].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** An unfinished upload of a folder below HOME whose bytes are elsewhere. @returns their path */
async function waitElsewhere(server: InProcessServer, folder: string, bytes: string) {
  const records = join(server.home, ".ftp", "uploads", folder);
  await Deno.mkdir(records, { recursive: true });
  await Deno.writeTextFile(bytes, "half");
  const record = JSON.stringify({ path: "/f", sinceMs: 1, bytes });
  await Deno.writeTextFile(join(records, `${basename(bytes, ".part")}.json`), record);
  return bytes;
}

Deno.test("who registers can log in, with the standard quota", async () => {
  await using server = await InProcessServer.start({
    settings: { ...OPEN, defaultQuotaBytes: 4096 },
  });
  using line = await ControlLine.open(server.port);
  await line.say('SITE REGISTER carol "a b ""c"""', 200);
  using carol = await loggedIn(server.port, "carol", 'a b "c"');
  assert.match(await carol.ask("SITE QUOTA"), /bytes 0 of 4096/);
});

Deno.test("SITE HELP marks what this session cannot use, and only that", async () => {
  await using server = await InProcessServer.start({
    settings: { registration: "invite", anonymous: "read" },
  });
  using store = storeOf(server);
  await store.update(USER, { admin: true });
  const marked = async (line: ControlLine) =>
    [...(await line.ask("SITE HELP")).matchAll(/SITE (\w+)\*/g)].map(([, word]) => word).toSorted();
  using stranger = await ControlLine.open(server.port);
  assert.deepEqual(await marked(stranger), ["INVITE", "KICK", "UMASK", "WHO"]);
  using admin = await loggedIn(server.port, USER, PASSWORD);
  assert.deepEqual(await marked(admin), ["UMASK"]);
  using reader = await loggedIn(server.port, READER, PASSWORD);
  const writes = ["CHMOD", "FORGET", "RESUME", "UTIME"];
  assert.deepEqual(await marked(reader), [...writes, ...await marked(stranger)].toSorted());
  using guest = await loggedIn(server.port, "anonymous", "x");
  assert.deepEqual(
    await marked(guest),
    [...await marked(reader), "PASSWD", "UNREGISTER"].toSorted(),
  );
});

Deno.test("registration is off unless the operator says otherwise", async () => {
  await using server = await InProcessServer.start();
  using line = await ControlLine.open(server.port);
  await line.say("SITE REGISTER carol secret", 502);
});

Deno.test("a password of an account to be comes from elsewhere under TLS alone, whatever --tls allows", async () => {
  await using server = await InProcessServer.start({
    settings: { ...OPEN, tls: "optional", proxyFrom: networks("127.0.0.1") },
  });
  const header = "PROXY TCP4 203.0.113.7 198.51.100.1 40000 21";
  using line = await ControlLine.open(server.port, 220, "127.0.0.1", header);
  await line.say("SITE REGISTER carol secret", 530);
  await line.say("AUTH TLS", 234);
  await line.startTls(server.certificatePem);
  await line.say("SITE REGISTER carol secret", 200);
});

Deno.test("names that are taken, reserved or nobody's are refused", async () => {
  await using server = await InProcessServer.start({ settings: OPEN });
  using line = await ControlLine.open(server.port);
  for (const name of ["pub", "anonymous", "../x", "a/b", ".ftp", "con"]) {
    await line.say(`SITE REGISTER ${name} secret`, 553);
  }
  using again = await ControlLine.open(server.port);
  for (const name of [USER, "Alice", READER]) await again.say(`SITE REGISTER ${name} secret`, 550);
  await again.say('SITE REGISTER carol ""', 501);
  await again.say("SITE REGISTER carol", 501);
});

Deno.test("a name whose folder holds somebody's files is taken", async () => {
  await using server = await InProcessServer.start({ settings: OPEN });
  await Deno.mkdir(join(server.home, "left"));
  await Deno.writeTextFile(join(server.home, "left", "secret.txt"), "of a removed account");
  using store = storeOf(server);
  await store.update(READER, { directory: "Team/docs" });
  using line = await ControlLine.open(server.port);
  await line.say("SITE REGISTER left secret", 550);
  await line.say("SITE REGISTER team secret", 550);
});

Deno.test("a new account finds no unfinished upload of who had its name before", async () => {
  await using server = await InProcessServer.start({ settings: OPEN });
  const uploads = join(server.home, ".ftp", "uploads");
  for (const name of ["carol", "carol+1234abcd", "caroline"]) {
    await Deno.mkdir(join(uploads, name), { recursive: true });
  }
  using line = await ControlLine.open(server.port);
  await line.say("SITE REGISTER carol secret", 200);
  const left = [...Deno.readDirSync(uploads)].map(({ name }) => name);
  assert.ok(
    left.includes("caroline") && !left.some((name) => /^carol(\+|$)/.test(name)),
    `${left}`,
  );
});

Deno.test("unfinished uploads that waited on another file system go with their account", async () => {
  await using server = await InProcessServer.start({ settings: OPEN });
  using line = await ControlLine.open(server.port);
  await line.say("SITE REGISTER carol secret", 200);
  using carol = await loggedIn(server.port, "carol", "secret");
  await using elsewhere = await temporaryDirectory();
  const part = await waitElsewhere(server, "carol+1234abcd", join(elsewhere.path, "aa-1.part"));
  const others = await waitElsewhere(server, "caroline", join(elsewhere.path, "aa-2.part"));
  await carol.say("SITE UNREGISTER secret", 221);
  await assert.rejects(Deno.stat(part), Deno.errors.NotFound);
  assert.equal(await Deno.readTextFile(others), "half");
});

Deno.test("who has an upload that cannot be removed keeps account and files", async () => {
  await using server = await InProcessServer.start({ settings: OPEN });
  using line = await ControlLine.open(server.port);
  await line.say("SITE REGISTER carol secret", 200);
  using carol = await loggedIn(server.port, "carol", "secret");
  await Deno.writeTextFile(join(server.home, "carol", "diary.txt"), "mine");
  await using elsewhere = await temporaryDirectory();
  const part = await waitElsewhere(server, "carol", join(elsewhere.path, "aa-1.part"));
  await Deno.remove(part);
  await Deno.mkdir(join(part, "no upload"), { recursive: true });
  await carol.say("SITE UNREGISTER secret PURGE", 550);
  assert.equal(await Deno.readTextFile(join(server.home, "carol", "diary.txt")), "mine");
  using _again = await loggedIn(server.port, "carol", "secret");
});

Deno.test("one address makes only so many accounts an hour", async () => {
  await using server = await InProcessServer.start({
    settings: { ...OPEN, registrationsPerHour: 2 },
  });
  using line = await ControlLine.open(server.port);
  await line.say("SITE REGISTER carol secret", 200);
  await line.say("SITE REGISTER dave secret", 200);
  await line.say("SITE REGISTER erin secret", 450);
});

Deno.test("with invites a code is needed, and an administrator's is good once", async () => {
  await using server = await InProcessServer.start({ settings: { registration: "invite" } });
  using store = storeOf(server);
  using admin = await loggedIn(server.port, USER, PASSWORD);
  await admin.say("SITE INVITE", 550);
  await store.update(USER, { admin: true });
  using boss = await loggedIn(server.port, USER, PASSWORD);
  const [code] = /[a-z2-9]{4}(-[a-z2-9]{4}){3}/.exec(await boss.ask("SITE INVITE")) ?? [];
  using line = await ControlLine.open(server.port);
  await line.say("SITE REGISTER carol secret", 530);
  await line.say("SITE REGISTER carol secret wrong-code", 530);
  await line.say(`SITE REGISTER carol secret ${code}`, 200);
  await line.say(`SITE REGISTER dave secret ${code}`, 530);
});

Deno.test("without an invite nobody finds out which names there are", async () => {
  await using server = await InProcessServer.start({ settings: { registration: "invite" } });
  await Deno.mkdir(join(server.home, "left"));
  await Deno.writeTextFile(join(server.home, "left", "secret.txt"), "of a removed account");
  using line = await ControlLine.open(server.port);
  const answers = new Set<string>();
  for (const name of [USER, "left", "nobody"]) {
    answers.add(await line.ask(`SITE REGISTER ${name} secret wrong-code`));
  }
  assert.deepEqual([...answers].map((answer) => answer.slice(0, 3)), ["530"]);
});

Deno.test("a new password needs the old one, and ends the other sessions but not its own", async () => {
  await using server = await InProcessServer.start();
  using mine = await loggedIn(server.port, USER, PASSWORD);
  using other = await loggedIn(server.port, USER, PASSWORD);
  await mine.say("SITE PASSWD wrong new-secret", 530);
  await mine.say(`SITE PASSWD "${PASSWORD}" new-secret`, 200);
  assert.equal(await other.reply(), 421);
  await mine.say("NOOP", 200);
  using _again = await loggedIn(server.port, USER, "new-secret");
  using old = await ControlLine.open(server.port);
  await old.say(`USER ${USER}`, 331);
  await old.say(`PASS ${PASSWORD}`, 530);
});

Deno.test("who unregisters is gone, files set aside for thirty days", async () => {
  await using server = await InProcessServer.start({ settings: OPEN });
  using line = await ControlLine.open(server.port);
  await line.say("SITE REGISTER carol secret", 200);
  using carol = await loggedIn(server.port, "carol", "secret");
  using elsewhere = await loggedIn(server.port, "carol", "secret");
  await Deno.writeTextFile(join(server.home, "carol", "diary.txt"), "mine");
  await carol.say("SITE UNREGISTER wrong", 530);
  await carol.say("SITE UNREGISTER secret", 221);
  assert.equal(await elsewhere.reply(), 421);
  const [kept = "", ...more] = removedHomes(server);
  assert.match(kept, /^\d+-carol$/);
  assert.deepEqual(more, []);
  assert.equal(
    await Deno.readTextFile(join(server.home, ".ftp", "removed", kept, "diary.txt")),
    "mine",
  );
  const sinceMs = Number(kept.split("-")[0]);
  const sweep = (nowMs: number) =>
    sweepRemovedHomes(server.home, {
      olderThanMs: KEPT_REMOVED_MS,
      nowMs,
      onFailure: (name) => assert.fail(name),
    });
  assert.equal(await sweep(sinceMs + KEPT_REMOVED_MS - 1), 0);
  assert.equal(await sweep(sinceMs + KEPT_REMOVED_MS), 1);
  assert.deepEqual(removedHomes(server), []);
  // The name is free, and leads to nothing of what was there.
  await line.say("SITE REGISTER carol other", 200);
  using fresh = await loggedIn(server.port, "carol", "other");
  await fresh.say("SIZE diary.txt", 550);
});

Deno.test("who wants nothing kept says PURGE; what others see is left alone", async () => {
  await using server = await InProcessServer.start({ settings: OPEN });
  using line = await ControlLine.open(server.port);
  await line.say("SITE REGISTER carol secret", 200);
  using carol = await loggedIn(server.port, "carol", "secret");
  await carol.say("SITE UNREGISTER secret AWAY", 501);
  await carol.say("SITE UNREGISTER secret PURGE", 221);
  assert.deepEqual(removedHomes(server), []);
  await assert.rejects(Deno.stat(join(server.home, "carol")), Deno.errors.NotFound);
  // The reader's root is the same folder.
  await Deno.writeTextFile(join(server.root, "shared.txt"), "both see it");
  using alice = await loggedIn(server.port, USER, PASSWORD);
  await alice.say(`SITE UNREGISTER "${PASSWORD}" PURGE`, 221);
  using reader = await loggedIn(server.port, READER, PASSWORD);
  await reader.say("TYPE I", 200);
  await reader.say("SIZE shared.txt", 213);
});

Deno.test("who unregisters takes no folder away but one that is theirs alone to change", async () => {
  await using server = await InProcessServer.start();
  using store = storeOf(server);
  const cases: [name: string, given: AccountChange][] = [
    ["mary", { readOnly: true }],
    ["nick", { grants: [{ path: "/docs", rights: "r" }] }],
    ["olga", { directory: "team" }],
    ["paul", { directory: "team/paul" }],
    ["rosa", { directory: "pub" }],
  ];
  for (const [name, given] of cases) {
    const folder = join(server.home, given.directory ?? name);
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(join(folder, "kept.txt"), "the operator's");
    await store.add({ name, ...given }, new Secret(PASSWORD));
    using line = await loggedIn(server.port, name, PASSWORD);
    await line.say(`SITE UNREGISTER "${PASSWORD}" PURGE`, 221);
    assert.equal(await Deno.readTextFile(join(folder, "kept.txt")), "the operator's", name);
    assert.equal(await store.find(name), undefined);
  }
  assert.deepEqual(removedHomes(server), []);
});

Deno.test("who cannot unregister now keeps the account, its files and its unfinished uploads", async () => {
  await using server = await InProcessServer.start({ settings: OPEN });
  using line = await ControlLine.open(server.port);
  await line.say("SITE REGISTER carol secret", 200);
  using carol = await loggedIn(server.port, "carol", "secret");
  const diary = join(server.home, "carol", "diary.txt");
  await Deno.writeTextFile(diary, "mine");
  const part = join(server.home, ".ftp", "uploads", "carol", "aa-1.part");
  await Deno.writeTextFile(part, "half");
  // Where homes are set aside is no folder.
  await Deno.writeTextFile(join(server.home, ".ftp", "removed"), "");
  await carol.say("SITE UNREGISTER secret PURGE", 550);
  assert.deepEqual(server.log.lines.filter(({ level }) => level === "error"), []);
  assert.equal(await Deno.readTextFile(diary), "mine");
  assert.equal(await Deno.readTextFile(part), "half");
  using _again = await loggedIn(server.port, "carol", "secret");
});

Deno.test("a home on another file system stays when its account unregisters", async () => {
  await using server = await InProcessServer.start({ settings: OPEN });
  using line = await ControlLine.open(server.port);
  await line.say("SITE REGISTER carol secret", 200);
  using carol = await loggedIn(server.port, "carol", "secret");
  const diary = join(server.home, "carol", "diary.txt");
  await Deno.writeTextFile(diary, "mine");
  await using elsewhere = await temporaryDirectory("/dev/shm");
  await Deno.symlink(elsewhere.path, join(server.home, ".ftp", "removed"));
  await carol.say("SITE UNREGISTER secret PURGE", 221);
  assert.equal(await Deno.readTextFile(diary), "mine");
  using store = storeOf(server);
  assert.equal(await store.find("carol"), undefined);
});

Deno.test("guesses at a password from inside a session count like others", async () => {
  await using server = await InProcessServer.start({ settings: { loginFailures: 3 } });
  using line = await loggedIn(server.port, USER, PASSWORD);
  await line.say("SITE PASSWD wrong1 x", 530);
  await line.say("SITE UNREGISTER wrong2", 530);
  await line.say("SITE PASSWD wrong3 x", 421);
});

Deno.test("an administrator sees who is there and ends a session; others may not", async () => {
  await using server = await InProcessServer.start();
  using store = storeOf(server);
  await store.update(USER, { admin: true });
  using boss = await loggedIn(server.port, USER, PASSWORD);
  using reader = await loggedIn(server.port, READER, PASSWORD);
  await reader.say("SITE WHO", 550);
  await reader.say("SITE KICK abc", 550);
  const lines = (await boss.ask("SITE WHO")).split("\r\n").slice(1, -1);
  const presence = parsePresence(lines.map((line) => line.trimStart()));
  assert.ok(presence.ok);
  const { sessions } = presence.value;
  assert.deepEqual(sessions.map(({ account }) => account), [USER, READER]);
  const id = sessions.find(({ account }) => account === READER)?.id;
  await boss.say("SITE KICK nobody", 550);
  await boss.say(`SITE KICK ${id}`, 200);
  assert.equal(await reader.reply(), 421);
  await boss.say("NOOP", 200);
});
