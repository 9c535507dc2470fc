// When and from where an account may log in.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  endsSessions,
  formatLoginHours,
  type LoginTerms,
  parseLoginHours,
  termsRefusal,
} from "../../server/accounts/login_terms.ts";
import { type Account, STANDARD_ACCOUNT } from "../../server/accounts/accounts.ts";

const HERE = "192.0.2.1";
const at = (time: string) => new Date(`2026-03-04T${time}:00`);

function refusal(terms: Partial<LoginTerms>, time: string, from = HERE) {
  return termsRefusal({ ...STANDARD_ACCOUNT, ...terms }, from, at(time));
}

function hours(text: string) {
  const read = parseLoginHours(text);
  assert.ok(read.ok);
  return { loginHours: read.value };
}

Deno.test("hours of a day hold their first minute and not their last", () => {
  const times = ["07:59", "08:00", "18:29", "18:30", "23:00"];
  const refused = times.filter((time) => refusal(hours("08:00-18:30"), time) === "hours");
  assert.deepEqual(refused, ["07:59", "18:30", "23:00"]);
  assert.equal(refusal(hours("00:00-24:00"), "23:59"), undefined);
});

Deno.test("hours over midnight hold the night", () => {
  const times = ["21:59", "22:00", "23:59", "00:00", "05:59", "06:00"];
  const refused = times.filter((time) => refusal(hours("22:00-06:00"), time) === "hours");
  assert.deepEqual(refused, ["21:59", "06:00"]);
});

Deno.test("hours read back as they were written", () => {
  const minute = fc.integer({ min: 0, max: 1439 });
  fc.assert(fc.property(minute, minute, (fromMinute, untilMinute) => {
    fc.pre(fromMinute !== untilMinute);
    const read = parseLoginHours(formatLoginHours({ fromMinute, untilMinute }));
    assert.deepEqual(read, { ok: true, value: { fromMinute, untilMinute } });
  }));
});

Deno.test("what are no hours is refused", () => {
  for (
    const text of ["", "8-18", "08:00", "08:60-09:00", "25:00-26:00", "08:00-08:00", "08:00-24:01"]
  ) {
    assert.equal(parseLoginHours(text).ok, false, text);
  }
});

Deno.test("what an account was let in for ends its sessions when it changes, limits do not", () => {
  const before: Account = {
    ...STANDARD_ACCOUNT,
    ...{ name: "ann", directory: "ann", revision: 1, loginRevision: 1 },
  };
  const ends = (change: Partial<Account>) => endsSessions(before, { ...before, ...change });
  const changes: Partial<Account>[] = [
    ...[{ directory: "bob" }, { readOnly: true }, { enabled: false }, { expiresMs: 1 }],
    ...[{ networks: ["192.0.2.0/24"] }, hours("08:00-18:30"), {
      grants: [{ path: "/", rights: "r" }],
    }],
    { mounts: [{ path: "/m", directory: "/m", writable: false }] },
  ];
  for (const change of changes) assert.ok(ends(change), JSON.stringify(change));
  const limits: Partial<Account>[] = [
    ...[{ quotaBytes: 1 }, { maxFiles: 1 }, { uploadRate: 1 }, { downloadRate: 1 }],
    ...[{ maxSessions: 1 }, { revision: 2 }],
  ];
  for (const limit of limits) assert.ok(!ends(limit), JSON.stringify(limit));
});

Deno.test("the first reason is told: disabled, expired, network, hours", () => {
  const all = {
    enabled: false,
    expiresMs: at("10:00").getTime(),
    networks: ["198.51.100.0/24"],
    ...hours("01:00-02:00"),
  };
  assert.equal(refusal(all, "12:00"), "disabled");
  assert.equal(refusal({ ...all, enabled: true }, "12:00"), "expired");
  assert.equal(refusal({ ...all, enabled: true }, "10:00"), "expired");
  assert.equal(refusal({ ...all, enabled: true }, "09:59"), "network");
  assert.equal(refusal({ ...all, enabled: true }, "09:59", "198.51.100.7"), "hours");
  assert.equal(refusal({ ...all, enabled: true }, "01:30", "::ffff:198.51.100.7"), undefined);
  assert.equal(refusal({ ...all, enabled: true }, "01:30", "::1"), "network");
  const here = termsRefusal({ ...STANDARD_ACCOUNT, ...all, enabled: true }, undefined, at("01:30"));
  assert.equal(here, undefined);
});
