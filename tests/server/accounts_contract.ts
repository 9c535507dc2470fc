// What every account store must do, whatever keeps the accounts: run by each one's own test.

import assert from "node:assert/strict";
import type { AccountAdmin, Accounts } from "../../server/accounts/accounts.ts";
import { isFault } from "../../shared/fault.ts";
import { Secret } from "../../shared/secret.ts";

/** A store under test. */
export interface AccountsUnderTest extends AsyncDisposable {
  readonly accounts: Accounts & AccountAdmin;
}

const FROM = "192.0.2.1";
const secret = (text: string) => new Secret(text);

/** Registers the contract's tests; `open` gives an empty store. */
export function accountsContract(store: string, open: () => Promise<AccountsUnderTest>): void {
  const test = (name: string, run: (accounts: Accounts & AccountAdmin) => Promise<void>) =>
    Deno.test(`${store}: ${name}`, async () => {
      await using opened = await open();
      await run(opened.accounts);
    });

  test("an account that was added can log in with its password and no other", async (accounts) => {
    const added = await accounts.add({ name: "ann" }, secret("right"));
    assert.deepEqual(await accounts.verify("ann", secret("right"), FROM), {
      ok: true,
      account: added,
    });
    for (const wrong of ["wrong", "", "right ", "Right"]) {
      const verdict = await accounts.verify("ann", secret(wrong), FROM);
      assert.deepEqual(verdict, { ok: false, why: "wrong" });
    }
  });

  test("an unknown name is answered like a wrong password", async (accounts) => {
    const verdict = await accounts.verify("nobody", secret("right"), FROM);
    assert.deepEqual(verdict, { ok: false, why: "wrong" });
  });

  test("what is left out of a new account takes its default", async (accounts) => {
    const { revision, loginRevision, ...account } = await accounts.add(
      { name: "ann" },
      secret("a"),
    );
    assert.ok(Number.isSafeInteger(revision));
    assert.equal(loginRevision, revision);
    assert.deepEqual(account, {
      name: "ann",
      directory: "ann",
      readOnly: false,
      admin: false,
      enabled: true,
      quotaBytes: undefined,
      maxFiles: undefined,
      grants: [],
      mounts: [],
      uploadRate: undefined,
      downloadRate: undefined,
      maxSessions: undefined,
      expiresMs: undefined,
      networks: [],
      loginHours: undefined,
    });
  });

  test("everything an account was given is found again", async (accounts) => {
    const wanted = {
      name: "ann",
      directory: "team/docs",
      readOnly: true,
      admin: true,
      enabled: false,
      quotaBytes: 2 ** 40,
      maxFiles: 1_000_000,
      grants: [{ path: "/incoming", rights: "w" }],
      mounts: [{ path: "/pub", directory: "/srv/pub", writable: false }],
      uploadRate: 1024,
      downloadRate: 2048,
      maxSessions: 2,
      expiresMs: Date.UTC(2100, 0, 1),
      networks: ["192.0.2.0/24", "2001:db8::/32"],
      loginHours: { fromMinute: 480, untilMinute: 1080 },
    };
    const added = await accounts.add(wanted, secret("a"));
    assert.deepEqual(await accounts.find("ann"), added);
    const { revision, loginRevision } = added;
    assert.deepEqual(added, { ...wanted, revision, loginRevision });
    assert.equal(await accounts.find("bob"), undefined);
  });

  test("a name is found composed or decomposed", async (accounts) => {
    await accounts.add({ name: "ju\u0308rgen" }, secret("a"));
    for (const name of ["j\u00fcrgen", "ju\u0308rgen"]) {
      assert.equal((await accounts.find(name))?.name, "j\u00fcrgen");
      assert.ok((await accounts.verify(name, secret("a"), FROM)).ok);
    }
  });

  test("two names that differ in case only do not go together", async (accounts) => {
    await accounts.add({ name: "ann" }, secret("a"));
    await rejects(accounts.add({ name: "ANN" }, secret("b")), "exists");
    await rejects(accounts.add({ name: "ann" }, secret("b")), "exists");
    assert.equal(await accounts.find("ANN"), undefined);
    assert.ok((await accounts.verify("ann", secret("a"), FROM)).ok);
  });

  test("names and folders that would lead elsewhere are refused", async (accounts) => {
    for (const name of ["", ".ftp", "pub", "../x", "a/b", "a\\b", "con", "a".repeat(33)]) {
      await rejects(accounts.add({ name }, secret("a")), "bad-name");
    }
    for (const directory of ["", "..", "a/../..", ".ftp", "a//b"]) {
      await rejects(accounts.add({ name: "ann", directory }, secret("a")), "bad-name");
    }
    assert.deepEqual(await accounts.list(), []);
  });

  test("a disabled account is told from a wrong password only with the right one", async (accounts) => {
    await accounts.add({ name: "ann" }, secret("right"));
    await accounts.update("ann", { enabled: false });
    const right = await accounts.verify("ann", secret("right"), FROM);
    assert.deepEqual(right, { ok: false, why: "disabled" });
    const wrong = await accounts.verify("ann", secret("wrong"), FROM);
    assert.deepEqual(wrong, { ok: false, why: "wrong" });
  });

  test("an account comes in from its networks, in its time, and always from this machine", async (accounts) => {
    const networks = ["192.0.2.0/24"];
    await accounts.add({ name: "ann", networks }, secret("right"));
    const from = async (address: string | undefined) => {
      const verdict = await accounts.verify("ann", secret("right"), address);
      return verdict.ok ? "in" : verdict.why;
    };
    assert.equal(await from("192.0.2.9"), "in");
    assert.equal(await from("198.51.100.1"), "network");
    assert.equal(await from(undefined), "in");
    // A proxy on this machine, for whomever.
    assert.equal(await from("127.0.0.1"), "network");
    await accounts.update("ann", { expiresMs: Date.now() + 60_000 });
    assert.equal(await from("192.0.2.9"), "in");
    await accounts.update("ann", { expiresMs: Date.now() - 1 });
    assert.equal(await from("192.0.2.9"), "expired");
  });

  test("what a session was let in for changes its login revision, a limit does not", async (accounts) => {
    const { loginRevision } = await accounts.add({ name: "ann" }, secret("a"));
    const limits = { quotaBytes: 5, maxFiles: 5, uploadRate: 5, maxSessions: 1, admin: true };
    assert.equal((await accounts.update("ann", limits)).loginRevision, loginRevision);
    const changed = await accounts.update("ann", { readOnly: true });
    assert.equal(changed.loginRevision, changed.revision);
    const renewed = await accounts.setPassword("ann", secret("b"));
    assert.equal(renewed.loginRevision, renewed.revision);
    assert.ok(renewed.revision > changed.revision);
  });

  test("every change of any account can be noticed", async (accounts) => {
    const seen = [await accounts.lastChange()];
    const notice = async () => void seen.push(await accounts.lastChange());
    await accounts.add({ name: "ann" }, secret("a"));
    await notice();
    await accounts.update("ann", { quotaBytes: 5 });
    await notice();
    await accounts.setPassword("ann", secret("b"));
    await notice();
    await accounts.remove("ann");
    await notice();
    assert.equal(new Set(seen).size, 5);
    assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
    assert.equal(await accounts.lastChange(), seen.at(-1));
  });

  test("an invite is good for as many accounts as it says, and gives its quota", async (accounts) => {
    const untilMs = Date.now() + 60_000;
    const code = await accounts.invite({ uses: 2, untilMs, quotaBytes: 7 });
    const ann = await accounts.add({ name: "ann", quotaBytes: 9 }, secret("a"), code);
    assert.equal(ann.quotaBytes, 7);
    // What fails uses nothing up, nor does a look.
    await rejects(accounts.add({ name: "ann" }, secret("a"), code), "exists");
    await accounts.checkInvite(code);
    // As it may be read aloud, and typed.
    await accounts.checkInvite(secret(code.reveal().toUpperCase().replaceAll("-", " ")));
    await rejects(accounts.checkInvite(secret("guess")), "denied");
    const typed = secret(code.reveal().toUpperCase().replaceAll("-", " "));
    await accounts.add({ name: "bob" }, secret("a"), typed);
    await rejects(accounts.add({ name: "cy" }, secret("a"), code), "denied");
    await rejects(accounts.checkInvite(code), "denied");
    const usual = await accounts.invite({ uses: 1, untilMs, quotaBytes: undefined });
    assert.equal(
      (await accounts.add({ name: "cy", quotaBytes: 9 }, secret("a"), usual)).quotaBytes,
      9,
    );
    const old = await accounts.invite({ uses: 1, untilMs: Date.now(), quotaBytes: undefined });
    await rejects(accounts.add({ name: "dan" }, secret("a"), old), "denied");
    await rejects(accounts.checkInvite(old), "denied");
    await rejects(accounts.add({ name: "dan" }, secret("a"), secret("guess")), "denied");
  });

  test("invites are listed while they are good, and taken back by id or code", async (accounts) => {
    const untilMs = Date.now() + 60_000;
    const first = await accounts.invite({ uses: 2, untilMs, quotaBytes: 7 });
    const second = await accounts.invite({ uses: 1, untilMs: untilMs + 1, quotaBytes: undefined });
    await accounts.invite({ uses: 1, untilMs: Date.now(), quotaBytes: undefined });
    await accounts.add({ name: "ann" }, secret("a"), first);
    const [one, other, ...none] = await accounts.invites();
    assert.deepEqual(none, []);
    assert.ok(one !== undefined && other !== undefined);
    assert.deepEqual(one, { id: one.id, uses: 1, untilMs, quotaBytes: 7 });
    assert.deepEqual(other, { id: other.id, uses: 1, untilMs: untilMs + 1, quotaBytes: undefined });
    assert.ok([one, other].every(({ id }) => /^[0-9a-f]{8}$/.test(id)));
    assert.ok(!first.reveal().includes(one.id));
    await accounts.withdrawInvite(one.id.toUpperCase());
    await rejects(accounts.add({ name: "bob" }, secret("a"), first), "denied");
    await accounts.withdrawInvite(second.reveal());
    assert.deepEqual(await accounts.invites(), []);
    await rejects(accounts.withdrawInvite(one.id), "not-found");
  });

  test("a new password ends the old one at once", async (accounts) => {
    await accounts.add({ name: "ann" }, secret("old"));
    assert.ok((await accounts.verify("ann", secret("old"), FROM)).ok);
    await accounts.setPassword("ann", secret("new"));
    assert.ok(!(await accounts.verify("ann", secret("old"), FROM)).ok);
    assert.ok((await accounts.verify("ann", secret("new"), FROM)).ok);
  });

  test("a change changes what it names and nothing else", async (accounts) => {
    const before = await accounts.add({ name: "ann", quotaBytes: 10 }, secret("a"));
    const admin = await accounts.update("ann", { admin: true });
    assert.deepEqual(admin, { ...before, admin: true, revision: admin.revision });
    await accounts.update("ann", { maxFiles: 3 });
    const unlimited = await accounts.update("ann", { quotaBytes: undefined });
    assert.equal(unlimited.quotaBytes, undefined);
    assert.equal(unlimited.maxFiles, 3);
    assert.equal(unlimited.admin, true);
    assert.deepEqual(await accounts.find("ann"), unlimited);
  });

  test("the revision grows with every change, and over removal and return", async (accounts) => {
    const revisions = [(await accounts.add({ name: "ann" }, secret("a"))).revision];
    revisions.push((await accounts.update("ann", { readOnly: true })).revision);
    await accounts.setPassword("ann", secret("b"));
    revisions.push((await accounts.find("ann"))?.revision ?? NaN);
    await accounts.remove("ann");
    revisions.push((await accounts.add({ name: "ann" }, secret("a"))).revision);
    assert.deepEqual(revisions, [...new Set(revisions)].sort((a, b) => a - b));
  });

  test("a removed account is gone, and a second removal says so", async (accounts) => {
    await accounts.add({ name: "ann" }, secret("a"));
    assert.ok((await accounts.verify("ann", secret("a"), FROM)).ok);
    await accounts.remove("ann");
    assert.equal(await accounts.find("ann"), undefined);
    assert.deepEqual(await accounts.verify("ann", secret("a"), FROM), { ok: false, why: "wrong" });
    await rejects(accounts.remove("ann"), "not-found");
  });

  test("what changes an account that is not there says so", async (accounts) => {
    await rejects(accounts.setPassword("ann", secret("a")), "not-found");
    await rejects(accounts.update("ann", { admin: true }), "not-found");
  });

  test("the list is complete and in the order of names", async (accounts) => {
    for (const name of ["cy", "ann", "bob"]) await accounts.add({ name }, secret("a"));
    assert.deepEqual((await accounts.list()).map(({ name }) => name), ["ann", "bob", "cy"]);
  });

  test("of many additions of one name at once exactly one wins", async (accounts) => {
    const tries = Array.from(
      { length: 8 },
      (_, at) => accounts.add({ name: "ann" }, secret(`${at}`)),
    );
    const results = await Promise.allSettled(tries);
    const winner = results.findIndex((result) => result.status === "fulfilled");
    assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
    assert.ok((await accounts.verify("ann", secret(`${winner}`), FROM)).ok);
  });
}

async function rejects(work: Promise<unknown>, kind: Parameters<typeof isFault>[1]): Promise<void> {
  await assert.rejects(work, (error) => isFault(error, kind));
}
