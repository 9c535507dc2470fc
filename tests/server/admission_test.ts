// Seats: so many at once, so many from one address, and each given back once.

import assert from "node:assert/strict";
import { Admission, type Admitted, type Seat } from "../../server/admission.ts";

function seatOf(admitted: Admitted): Seat {
  assert.ok(admitted.ok);
  return admitted.seat;
}

Deno.test("the limit of one address leaves room for others, and a seat given back is free", () => {
  const admission = new Admission(() => ({ maxSessions: 9, maxSessionsPerAddress: 1 }));
  const seat = seatOf(admission.admit("192.0.2.1"));
  const refused = admission.admit("192.0.2.1");
  assert.ok(!refused.ok);
  assert.deepEqual([refused.rule, refused.reply.code], ["max-per-address", 421]);
  seatOf(admission.admit("192.0.2.2"));
  seat[Symbol.dispose]();
  seatOf(admission.admit("192.0.2.1"));
});

Deno.test("the limit of all sessions holds whatever their addresses", () => {
  const admission = new Admission(() => ({ maxSessions: 1, maxSessionsPerAddress: 9 }));
  seatOf(admission.admit("192.0.2.1"));
  const refused = admission.admit("192.0.2.2");
  assert.deepEqual(!refused.ok && refused.rule, "max-sessions");
});

Deno.test("a seat given back twice frees one place", () => {
  const admission = new Admission(() => ({ maxSessions: 2, maxSessionsPerAddress: 9 }));
  const seat = seatOf(admission.admit("192.0.2.1"));
  seatOf(admission.admit("192.0.2.1"));
  seat[Symbol.dispose]();
  seat[Symbol.dispose]();
  seatOf(admission.admit("192.0.2.1"));
  assert.equal(admission.admit("192.0.2.1").ok, false);
});

Deno.test("limits that change hold from the next admission on", () => {
  let maxSessions = 0;
  const admission = new Admission(() => ({ maxSessions, maxSessionsPerAddress: 9 }));
  assert.equal(admission.admit("192.0.2.1").ok, false);
  maxSessions = 1;
  assert.equal(admission.admit("192.0.2.1").ok, true);
});
