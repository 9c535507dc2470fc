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
    const { revision, ...account } = await accounts.add({ name: "ann" }, secret("a"));
    assert.ok(Number.isSafeInteger(revision));
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
    };
    const added = await accounts.add(wanted, secret("a"));
    assert.deepEqual(await accounts.find("ann"), added);
    assert.deepEqual(added, { ...wanted, revision: added.revision });
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
