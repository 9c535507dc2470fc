// Passwords: their hashes, the bound on hashing, what a proof is worth and for how long.

import assert from "node:assert/strict";
import fc from "fast-check";
import { HashQueue } from "../../server/accounts/hash_queue.ts";
import {
  formatPasswordHash,
  hashPassword,
  matchesPassword,
  parsePasswordHash,
  STANDARD_COST,
  unmatchableHash,
} from "../../server/accounts/password.ts";
import { PasswordCheck } from "../../server/accounts/password_check.ts";
import { ProvenPasswords } from "../../server/accounts/proven_passwords.ts";
import { isFault } from "../../shared/fault.ts";
import { Secret } from "../../shared/secret.ts";

const CHEAP = { logN: 4, blockSize: 8, parallel: 1 };

Deno.test("a hash matches its password in any Unicode form and nothing else", async () => {
  const hash = readHash(await hashPassword(new Secret("p\u00e4ss"), CHEAP));
  assert.ok(await matchesPassword(new Secret("pa\u0308ss"), hash));
  assert.ok(!await matchesPassword(new Secret("pass"), hash));
});

Deno.test("the same password hashes differently each time", async () => {
  const secret = new Secret("same");
  assert.notEqual(await hashPassword(secret, CHEAP), await hashPassword(secret, CHEAP));
});

Deno.test("a stored hash reads back as it was", () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const cost = fc.record({
    logN: fc.integer({ min: 1, max: 20 }),
    blockSize: fc.integer({ min: 1, max: 32 }),
    parallel: fc.integer({ min: 1, max: 16 }),
  }, { noNullPrototype: true });
  fc.assert(fc.property(cost, bytes(16), bytes(32), (cost, salt, key) => {
    const read = readHash(formatPasswordHash({ cost, salt, key }));
    assert.deepEqual(read.cost, cost);
    assert.deepEqual([...read.salt], [...salt]);
    assert.deepEqual([...read.key], [...key]);
  }));
});

Deno.test("a stored hash that would cost gigabytes is not read", () => {
  const hash = formatPasswordHash(unmatchableHash(CHEAP));
  for (const cost of ["ln=21,r=8,p=1", "ln=15,r=33,p=1", "ln=15,r=8,p=17", "ln=0,r=8,p=1"]) {
    assert.equal(parsePasswordHash(hash.replace("ln=4,r=8,p=1", cost)).ok, false);
  }
});

Deno.test("an unknown name is hashed with the very parameters of a known one", async () => {
  const known = readHash(await hashPassword(new Secret("a"), STANDARD_COST));
  assert.deepEqual(unmatchableHash(STANDARD_COST).cost, known.cost);
  assert.ok(!await matchesPassword(new Secret(""), unmatchableHash(CHEAP)));
});

Deno.test("the event loop goes on while a password is hashed", async () => {
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  await hashPassword(new Secret("a"), { logN: 15, blockSize: 8, parallel: 1 });
  clearInterval(ticking);
  assert.ok(turns >= 3, `${turns} turns of the event loop`);
});

Deno.test("a queue runs no more jobs at once than it may, in order, and refuses what is too many", async () => {
  const queue = new HashQueue({ running: 2, waiting: 3 });
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const started: number[] = [];
  const jobs = gates.map((gate, at) =>
    queue.run(() => {
      started.push(at);
      return gate.promise;
    })
  );
  await assert.rejects(
    queue.run(() => Promise.resolve()),
    (error) => isFault(error, "limit-reached"),
  );
  await Promise.resolve();
  assert.deepEqual(started, [0, 1]);
  gates[1]?.resolve();
  await jobs[1];
  assert.deepEqual(started, [0, 1, 2]);
  for (const gate of gates) gate.resolve();
  await Promise.all(jobs);
  assert.deepEqual(started, [0, 1, 2, 3, 4]);
});

Deno.test("a job that fails gives its place to the next", async () => {
  const queue = new HashQueue({ running: 1, waiting: 1 });
  const failing = queue.run(() => Promise.reject(new Error("failed")));
  const next = queue.run(() => Promise.resolve("done"));
  await assert.rejects(failing);
  assert.equal(await next, "done");
});

Deno.test("a proof holds for its account, revision and password, until its time is over", () => {
  let nowMs = 0;
  const proven = new ProvenPasswords({ lifeMs: 1000, now: () => nowMs });
  const digest = proven.digest("ann", new Secret("a"));
  proven.add("ann", 1, digest);
  assert.ok(proven.has("ann", 1, digest));
  assert.ok(!proven.has("ann", 1, proven.digest("ann", new Secret("b"))));
  assert.ok(!proven.has("bob", 1, digest));
  nowMs = 999;
  assert.ok(proven.has("ann", 1, digest));
  nowMs = 1000;
  assert.ok(!proven.has("ann", 1, digest));
  assert.equal(proven.size, 0);
});

Deno.test("a changed account forgets its proof", () => {
  const proven = new ProvenPasswords();
  const digest = proven.digest("ann", new Secret("a"));
  proven.add("ann", 1, digest);
  assert.ok(!proven.has("ann", 2, digest));
  assert.ok(!proven.has("ann", 1, digest));
});

Deno.test("no more proofs are kept than may be: the oldest goes", () => {
  const proven = new ProvenPasswords({ limitEntries: 2 });
  for (const name of ["ann", "bob", "cy"]) proven.add(name, 1, name);
  assert.deepEqual(["ann", "bob", "cy"].map((name) => proven.has(name, 1, name)), [
    false,
    true,
    true,
  ]);
});

Deno.test("digests of the same password differ between servers", () => {
  const secret = new Secret("a");
  const [one, two] = [new ProvenPasswords(), new ProvenPasswords()];
  assert.notEqual(one.digest("ann", secret), two.digest("ann", secret));
});

Deno.test("many checks of one password at once cost one hash, and later ones none", async () => {
  // One hash may run and none may wait: a second one would be refused.
  const check = new PasswordCheck({ cost: CHEAP, limits: { running: 1, waiting: 0 } });
  const stored = { hash: await check.hash(new Secret("a")), revision: 1 };
  const secret = new Secret("a");
  const checks = Array.from({ length: 50 }, () => check.matches("ann", stored, secret));
  assert.ok((await Promise.all(checks)).every((right) => right));
  const busy = check.matches("bob", undefined, secret);
  assert.ok(await check.matches("ann", stored, secret));
  assert.equal(await busy, false);
});

function readHash(text: string) {
  const hash = parsePasswordHash(text);
  assert.ok(hash.ok);
  return hash.value;
}
