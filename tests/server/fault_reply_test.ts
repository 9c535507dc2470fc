// Failures become replies: known ones by the table, ours without a detail.

import assert from "node:assert/strict";
import { explain, faultReply } from "../../server/fault_reply.ts";
import { Fault } from "../../shared/fault.ts";

Deno.test("a fault quotes what it is about and keeps its cause to the log", () => {
  const fault = new Fault("not-found", { about: "/a", cause: new Error("/srv/home/alice/a") });
  const { reply, isBug, detail } = explain(fault);
  assert.deepEqual(reply, { code: 550, lines: ['No such file or directory: "/a".'] });
  assert.equal(isBug, false);
  assert.match(detail ?? "", /\/srv\/home/);
});

Deno.test("what may work later is 4xx and what will not is 5xx", () => {
  for (const kind of ["busy", "no-space", "host-failure", "aborted", "truncated"] as const) {
    assert.equal(Math.floor(faultReply(new Fault(kind)).code / 100), 4, kind);
  }
  for (const kind of ["exists", "denied", "over-quota", "bad-restart", "bad-name"] as const) {
    assert.equal(Math.floor(faultReply(new Fault(kind)).code / 100), 5, kind);
  }
});

Deno.test("a mistake of ours is 451 without a word of it, and its stack is for the log", () => {
  const mistakes = [
    [new TypeError("secret inside"), /^TypeError: secret inside\n +at /],
    ["secret inside", /^secret inside$/],
    [undefined, /^undefined$/],
  ] as const;
  for (const [mistake, told] of mistakes) {
    const { reply, isBug, detail } = explain(mistake);
    assert.equal(reply.code, 451);
    assert.equal(isBug, true);
    assert.doesNotMatch(reply.lines.join(), /secret/);
    assert.match(detail ?? "nothing", told);
  }
});

Deno.test("a name with line ends in it cannot forge a reply", () => {
  const { lines } = faultReply(new Fault("not-found", { about: "a\r\n230 Logged in." }));
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines[0], /[\r\n]/);
});
