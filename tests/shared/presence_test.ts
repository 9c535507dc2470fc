// The lines of SITE WHO read back.

import assert from "node:assert/strict";
import fc from "fast-check";
import { formatPresence, parsePresence, type Presence } from "../../shared/presence.ts";

const PLAIN = { noNullPrototype: true };
const count = fc.nat();
const word = fc.string({ unit: fc.constantFrom("a", "ä", "1", "-", ":", "."), minLength: 1 });
const path = fc.string({ unit: fc.constantFrom("a", " ", ";", "=", "/", "é") }).map((p) => `/${p}`);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const transfer = fc.record({
  verb: fc.constantFrom("STOR", "RETR"),
  path,
  sends: fc.boolean(),
  sinceMs: count,
  movedBytes: count,
  totalBytes: maybe(count),
  offsetBytes: count,
  rateBytes: count,
}, PLAIN);
const presence: fc.Arbitrary<Presence> = fc.record({
  sessions: fc.array(fc.record({
    id: word,
    account: maybe(word),
    address: word,
    sinceMs: count,
    transfer: maybe(transfer),
  }, PLAIN)),
  totals: fc.record({ receivedBytes: count, sentBytes: count }, PLAIN),
  quotas: fc.array(fc.record({ account: word, usedBytes: count, limitBytes: maybe(count) }, PLAIN)),
}, PLAIN);

Deno.test("presence reads back from its lines", () => {
  fc.assert(fc.property(presence, (value) => {
    assert.deepEqual(parsePresence(formatPresence(value)), { ok: true, value });
  }));
});

Deno.test("lines and facts of later versions are left out, what is no line is an error", () => {
  const read = parsePresence([
    "type=weather;sun=1; ",
    "type=session;id=a;address=b;since=1;new=x; ",
  ]);
  assert.ok(read.ok);
  const { sessions } = read.value;
  assert.deepEqual(sessions, [
    { id: "a", account: undefined, address: "b", sinceMs: 1, transfer: undefined },
  ]);
  assert.equal(parsePresence(["nothing"]).ok, false);
});
