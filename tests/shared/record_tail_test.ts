// Whether encrypted bytes end with an alert, however they were cut.

import assert from "node:assert/strict";
import fc from "fast-check";
import { RecordTail } from "../../shared/record_tail.ts";

function record(type: number, length: number): number[] {
  return [type, 3, 3, length >> 8, length & 255, ...new Array<number>(length).fill(23)];
}

const CASES: readonly [title: string, bytes: number[], ends: boolean][] = [
  ["an alert in clear or of TLS 1.2", [...record(23, 500), ...record(21, 26)], true],
  ["a sealed alert of TLS 1.3", [...record(23, 500), ...record(23, 19)], true],
  ["data", record(23, 500), false],
  ["data after an alert", [...record(21, 2), ...record(23, 500)], false],
  ["half an alert", record(23, 19).slice(0, -1), false],
  ["half a header after an alert", [...record(23, 19), 23, 3], false],
  ["nothing", [], false],
];

for (const [title, bytes, ends] of CASES) {
  Deno.test(`the end is ${ends ? "clean" : "a cut"}: ${title}`, () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 600 }), { maxLength: 6 }), (marks) => {
      const tail = new RecordTail();
      const cuts = [0, ...marks.filter((mark) => mark < bytes.length).sort((a, b) => a - b)];
      cuts.forEach((cut, at) => tail.take(Uint8Array.from(bytes.slice(cut, cuts[at + 1]))));
      assert.equal(tail.endsWithAlert, ends);
    }));
  });
}
