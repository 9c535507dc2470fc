// Arguments: what each grammar takes, what it refuses, and that it always says why.

import assert from "node:assert/strict";
import fc from "fast-check";
import { commandTable } from "../../server/command_table.ts";
import {
  extendedHostPort,
  hostPort,
  none,
  optional,
  optionalPath,
  path,
  secret,
  text,
  timedPath,
  wholeNumber,
} from "../../server/grammar.ts";
import { listingArgument } from "../../server/listing.ts";
import { resolvePath, ROOT, type VirtualPath } from "../../shared/virtual_path.ts";
import type { Grammar } from "../../server/command.ts";

const here = resolved("/d");

function resolved(given: string): VirtualPath {
  const answer = resolvePath(ROOT, given);
  assert.ok(answer.ok);
  return answer.value;
}

/** The value, or `refused`. */
function read<A>(grammar: Grammar<A>, given?: string): A | "refused" {
  const answer = grammar.parse(given, here);
  return answer.ok ? answer.value : "refused";
}

Deno.test("no argument is none or blanks", () => {
  assert.equal(read(none), undefined);
  assert.equal(read(none, "  "), undefined);
  assert.equal(read(none, " x"), "refused");
});

Deno.test("a path is taken exactly, blanks and all, relative to the working directory", () => {
  assert.equal(read(path, " a "), "/d/ a ");
  assert.equal(read(path, "/a"), "/a");
  assert.equal(read(path, "../.."), "/");
  assert.equal(read(path, ""), "refused");
  assert.equal(read(path), "refused");
  assert.equal(read(optionalPath), undefined);
});

Deno.test("a number is whole, from 0, and exact", () => {
  const number = wholeNumber("<n>");
  assert.equal(read(number, "0"), 0);
  assert.equal(read(number, String(Number.MAX_SAFE_INTEGER)), Number.MAX_SAFE_INTEGER);
  for (const odd of ["", "-1", "1.5", "1e3", "0x1", "9007199254740992", "99999999999999999999"]) {
    assert.equal(read(number, odd), "refused", odd);
  }
});

Deno.test("a password may be empty, and does not print", () => {
  const read = secret.parse(undefined, here);
  assert.ok(read.ok);
  assert.equal(read.value.reveal(), "");
  assert.equal(`${read.value}`, "[secret]");
});

Deno.test("text is anything but nothing, and optional text may be that too", () => {
  assert.equal(read(text("<x>"), " "), " ");
  assert.equal(read(text("<x>"), ""), "refused");
  assert.equal(read(optional(text("<x>")), " "), undefined);
  assert.equal(optional(text("<x>")).syntax, "[<x>]");
});

Deno.test("hosts and ports are read as their RFCs write them", () => {
  assert.deepEqual(read(hostPort, "127,0,0,1,4,1"), { address: "127.0.0.1", port: 1025 });
  assert.equal(read(hostPort, "127.0.0.1"), "refused");
  assert.deepEqual(read(extendedHostPort, "|7|x|1|"), { protocol: "unknown" });
});

Deno.test("a timed path is a time, a space and a path with spaces", () => {
  assert.deepEqual(read(timedPath, "19700101000001 a b"), { ms: 1000, path: "/d/a b" });
  for (const odd of ["19700101000001", "1970 a", "19700101000001 "]) {
    assert.equal(read(timedPath, odd), "refused", odd);
  }
});

for (
  const [given, path, left] of [
    ["", "/d", ""],
    ["-la", "/d", ""],
    ["-a -l x y", "/d/x y", "x y"],
    ["-la  x", "/d/x", "x"],
    [" x", "/d/ x", " x"],
    ["-- -x", "/d/-x", "-x"],
    ["-l -- -x", "/d/-x", "-x"],
    ["./-x", "/d/-x", "./-x"],
    ["x -l", "/d/x -l", "x -l"],
    ["-+x", "/d/-+x", "-+x"],
  ] as const
) {
  Deno.test(`LIST reads "${given}" as the path "${path}"`, () => {
    assert.deepEqual(read(listingArgument, given), { path, given: left });
  });
}

Deno.test("no text makes any grammar of the table throw, and a refusal says why in one line", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."|,0123456789 -ALSTR/.") });
  const given = fc.oneof(fc.string(), digits, fc.constant(undefined));
  const verdicts = { read: 0, refused: 0 };
  for (const { grammar } of commandTable().rows) {
    fc.assert(fc.property(given, (text) => {
      const answer = grammar.parse(text, ROOT);
      verdicts[answer.ok ? "read" : "refused"]++;
      if (!answer.ok) assert.match(answer.why, /^[^\r\n]+$/);
    }));
  }
  assert.ok(verdicts.read > 0 && verdicts.refused > 0);
});
