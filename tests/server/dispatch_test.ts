// The gates, in their order: known, well formed, traceable, protected, logged in, permitted, not busy.

import assert from "node:assert/strict";
import { type AnyCommand, command } from "../../server/command.ts";
import { commandTable, tableOf } from "../../server/command_table.ts";
import { type Gate, judge } from "../../server/dispatch.ts";
import { none, path } from "../../server/grammar.ts";
import type { Standing } from "../../server/standing.ts";
import { reply } from "../../shared/reply.ts";
import { ROOT } from "../../shared/virtual_path.ts";

const member: Standing = {
  directory: ROOT,
  isTraceable: true,
  controlIsProtected: true,
  controlMayCarrySecrets: true,
  dataMayCarryFiles: true,
  loggedIn: true,
  mayWrite: true,
  isAdmin: false,
  transferRuns: false,
};
const stranger: Standing = { ...member, loggedIn: false, mayWrite: false };

function row(more: Partial<AnyCommand>): AnyCommand {
  const usual = { verb: "X", grammar: none, login: "not-needed", help: "", source: "" } as const;
  return command({ ...usual, run: () => reply(200, "Done."), ...more });
}

/** What becomes of `X argument` with this row. */
function verdictOf(more: Partial<AnyCommand>, standing: Standing, argument?: string) {
  return judge({ verb: "X", argument }, tableOf([row(more)]), standing);
}

function assertRefused(verdict: ReturnType<typeof judge>, gate: Gate, code: number): void {
  assert.ok(verdict.kind === "refuse", verdict.kind);
  assert.deepEqual([verdict.gate, verdict.reply.code], [gate, code]);
}

Deno.test("a request that fits its row runs with its parsed argument", () => {
  const verdict = verdictOf(
    { grammar: path, login: "needed" },
    { ...member, directory: ROOT },
    "a/../b",
  );
  assert.ok(verdict.kind === "run");
  assert.equal(verdict.argument, "/b");
});

Deno.test("an unknown verb is refused before anything else", () => {
  assertRefused(judge({ verb: "Y", argument: undefined }, tableOf([]), stranger), "known", 500);
});

Deno.test("a known verb that is not offered is refused with its reason, whatever the argument", () => {
  const verdict = verdictOf({ refusal: "No.", grammar: none }, stranger, "odd");
  assertRefused(verdict, "known", 502);
  assert.deepEqual(verdict.kind === "refuse" && verdict.reply.lines, ["No."]);
});

Deno.test("a malformed argument is told with the syntax, also to a stranger", () => {
  const verdict = verdictOf({ grammar: path, login: "needed" }, stranger, "");
  assertRefused(verdict, "well formed", 501);
  assert.match(verdict.kind === "refuse" ? verdict.reply.lines[0] : "", /^Usage: X <path>/);
});

Deno.test("what carries a secret is refused in clear where policy says so", () => {
  const inClear = { ...stranger, controlMayCarrySecrets: false };
  assertRefused(verdictOf({ confidential: true }, inClear), "protected", 530);
  assert.equal(verdictOf({}, inClear).kind, "run");
});

Deno.test("who comes untold through a proxy tries no secret: nobody could be banned for it", () => {
  const untold = { ...stranger, isTraceable: false };
  assertRefused(verdictOf({ confidential: true }, untold), "traceable", 530);
  assert.equal(verdictOf({}, untold).kind, "run");
});

Deno.test("what needs a login is refused to a stranger", () => {
  assertRefused(verdictOf({ login: "needed" }, stranger), "logged in", 530);
});

Deno.test("files do not travel in clear where policy says so", () => {
  const standing = { ...member, dataMayCarryFiles: false };
  assertRefused(verdictOf({ transfers: true }, standing), "protected", 521);
  assert.equal(verdictOf({}, standing).kind, "run");
});

Deno.test("what changes files is refused to an account that may only read", () => {
  const reader = { ...member, mayWrite: false };
  assertRefused(verdictOf({ permission: "write" }, reader), "permitted", 550);
  assert.equal(verdictOf({ permission: "read" }, reader).kind, "run");
});

Deno.test("while a transfer runs only what may run now does", () => {
  const busy = { ...member, transferRuns: true };
  assert.equal(verdictOf({}, busy).kind, "wait");
  assert.equal(verdictOf({ duringTransfer: "now" }, busy).kind, "run");
});

Deno.test("a family's word names the row and the rest is its argument", () => {
  const rows = [row({ verb: "SITE X", grammar: path })];
  const verdict = judge({ verb: "SITE", argument: "x a b" }, tableOf(rows), member);
  assert.ok(verdict.kind === "run");
  assert.equal(verdict.argument, "/a b");
  assertRefused(judge({ verb: "SITE", argument: undefined }, tableOf(rows), member), "known", 504);
  assertRefused(judge({ verb: "OPTS", argument: "y" }, tableOf(rows), member), "known", 501);
});

Deno.test("an alias is the row it stands for", () => {
  const verdict = judge(
    { verb: "XX", argument: undefined },
    tableOf([row({ aliases: ["XX"] })]),
    member,
  );
  assert.equal(verdict.kind === "run" && verdict.command.verb, "X");
});

Deno.test("every row of the table is found by its own verb, and no verb names two", () => {
  const { rows, find } = commandTable();
  const verbs = rows.flatMap((each) => [each.verb, ...each.aliases ?? []]);
  assert.equal(new Set(verbs).size, verbs.length);
  for (const verb of verbs) {
    const [first = "", ...word] = verb.split(" ");
    const found = find({ verb: first, argument: word.length === 0 ? undefined : word.join(" ") });
    assert.ok(found.kind === "row" && rows.includes(found.command), verb);
  }
});

Deno.test("every row that touches files needs a login", () => {
  for (const { verb, permission, transfers, login } of commandTable().rows) {
    if (permission !== undefined || transfers) assert.equal(login, "needed", verb);
  }
});

Deno.test("what is for administrators is refused to everybody else", () => {
  const administers = { permission: "administer", login: "needed" } as const;
  assertRefused(verdictOf(administers, member), "permitted", 550);
  assertRefused(verdictOf(administers, stranger), "logged in", 530);
  assert.equal(verdictOf(administers, { ...member, isAdmin: true }).kind, "run");
});
