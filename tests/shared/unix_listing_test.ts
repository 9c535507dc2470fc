// Lines of LIST: the columns every client counts on.

import assert from "node:assert/strict";
import fc from "fast-check";
import { formatListingTime, formatMode, formatUnixLine } from "../../shared/unix_listing.ts";

const NOW_MS = Date.UTC(2026, 6, 1, 12);
const HALF_YEAR_MS = 15_778_476_000;

Deno.test("a time within six months shows its hour, an older or future one its year", () => {
  assert.equal(formatListingTime(NOW_MS - HALF_YEAR_MS + 1000, NOW_MS), "Dec 30 21:05");
  assert.equal(formatListingTime(NOW_MS - HALF_YEAR_MS, NOW_MS), "Dec 30  2025");
  assert.equal(formatListingTime(NOW_MS + 1000, NOW_MS), "Jul  1 12:00");
  assert.equal(formatListingTime(NOW_MS + 3_600_000, NOW_MS), "Jul  1  2026");
});

Deno.test("the permission bits are nine letters", () => {
  assert.equal(formatMode(0o755), "rwxr-xr-x");
  assert.equal(formatMode(0o640), "rw-r-----");
});

Deno.test("a directory is known by its first letter", () => {
  const entry = { name: "d", type: "directory", size: 4096, modifiedMs: NOW_MS } as const;
  assert.equal(
    formatUnixLine(entry, NOW_MS),
    "drwxr-xr-x   1 ftp      ftp                 0 Jul  1 12:00 d",
  );
});

Deno.test("a line has eight columns and then the name, whatever the entry", () => {
  const entry = fc.record({
    name: fc.constantFrom("a", " b ", "c  d", "ü 文件"),
    type: fc.constantFrom("file" as const, "directory" as const, "other" as const),
    size: fc.maxSafeNat(),
    modifiedMs: fc.oneof(fc.integer(), fc.constant(NaN), fc.double()),
    mode: fc.nat({ max: 0o7777 }),
  });
  fc.assert(fc.property(entry, (given) => {
    const columns =
      /^[-d][-rwx]{9} +\d+ ftp +ftp +\d+ [A-Z][a-z]{2} [ \d]\d +(-?\d+|\d\d:\d\d) (.*)$/s;
    assert.equal(columns.exec(formatUnixLine(given, NOW_MS))?.[2], given.name);
  }));
});
