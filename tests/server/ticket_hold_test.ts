// What an upload's peer is sent while it uploads: our handshake, and no tickets.

import assert from "node:assert/strict";
import fc from "fast-check";
import { TicketHold } from "../../server/ticket_hold.ts";

const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const ALERT = 21;

/** A TLS record with a body of that many bytes; the body's bytes look like record types. */
function record(type: number, bodyBytes: number): number[] {
  const body = Array.from({ length: bodyBytes }, () => APPLICATION_DATA);
  return [type, 3, 3, bodyBytes >> 8, bodyBytes & 0xff, ...body];
}

/** The bytes in pieces that end at these places. */
function split(bytes: readonly number[], cuts: readonly number[]): Uint8Array[] {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, at) =>
    Uint8Array.from(bytes.slice(ends[at - 1] ?? 0, end))
  );
}

function passAll(hold: TicketHold, pieces: readonly Uint8Array[]): number[] {
  return pieces.flatMap((piece) => hold.pass(piece).flatMap((part) => [...part]));
}

const places = fc.array(fc.nat(), { maxLength: 12 });

Deno.test("TLS 1.3: our flight passes, tickets wait for the release, however it is split", () => {
  fc.assert(fc.property(places, places, places, (cutFlight, cutFinished, cutTickets) => {
    const flight = [...record(HANDSHAKE, 90), ...record(20, 1), ...record(APPLICATION_DATA, 700)];
    const finished = [...record(20, 1), ...record(APPLICATION_DATA, 53)];
    const tickets = [...record(APPLICATION_DATA, 200), ...record(APPLICATION_DATA, 201)];
    const closing = record(APPLICATION_DATA, 19);
    const hold = new TicketHold();
    hold.see(Uint8Array.from(record(HANDSHAKE, 250)));
    assert.deepEqual(passAll(hold, split(flight, cutFlight)), flight);
    for (const piece of split(finished, cutFinished)) hold.see(piece);
    assert.deepEqual(passAll(hold, split(tickets, cutTickets)), []);
    hold.release();
    assert.deepEqual(passAll(hold, [Uint8Array.from(closing)]), [...tickets, ...closing]);
  }));
});

Deno.test("TLS 1.2: the ticket and our Finished pass, and so does the alert at the end", () => {
  fc.assert(fc.property(places, places, (cutIncoming, cutOutgoing) => {
    const hold = new TicketHold();
    const incoming = [...record(HANDSHAKE, 70), ...record(20, 1), ...record(HANDSHAKE, 40)];
    for (const piece of split(incoming, cutIncoming)) hold.see(piece);
    hold.see(Uint8Array.from(record(APPLICATION_DATA, 1000)));
    const outgoing = [
      ...record(HANDSHAKE, 180),
      ...record(20, 1),
      ...record(HANDSHAKE, 40),
      ...record(ALERT, 26),
    ];
    assert.deepEqual(passAll(hold, split(outgoing, cutOutgoing)), outgoing);
  }));
});

Deno.test("what was passed is a copy of nothing that may change, and what waits is bounded", () => {
  const hold = new TicketHold();
  hold.see(Uint8Array.from(record(APPLICATION_DATA, 53)));
  const reused = Uint8Array.from(record(APPLICATION_DATA, 10));
  assert.deepEqual(passAll(hold, [reused]), []);
  reused.fill(0);
  const much = record(APPLICATION_DATA, 16_384);
  let passed: number[] = [];
  let times = 0;
  for (; passed.length === 0; times++) passed = passAll(hold, [Uint8Array.from(much)]);
  assert.equal(times, 4);
  assert.deepEqual(passed.slice(0, 15), record(APPLICATION_DATA, 10));
  assert.equal(passed.length, 15 + times * much.length);
});
