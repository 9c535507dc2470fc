// A line of MLST or MLSD: facts about a name, then the name (RFC 3659, 7.2).

import type { Entry } from "./entry.ts";
import { type Parsed, parsed, unparsed } from "./parsed.ts";
import { formatTimeValue, wholeSecond } from "./time_value.ts";

/** The facts we tell, as FEAT spells them, in the order they are written. */
export const FACTS = ["type", "size", "modify", "create", "perm", "unique", "UNIX.mode"] as const;

/** What a facts line said. */
export interface FactsLine {
  /** By lower-case name. */
  readonly facts: ReadonlyMap<string, string>;
  readonly name: string;
}

/** What is written besides the entry itself. */
export interface FactsOptions {
  /** The facts asked for, lower case; `undefined` for all. */
  readonly only?: ReadonlySet<string> | undefined;
  /** What this session may do with it (RFC 3659, 7.5.5). */
  readonly permissions: string;
}

/**
 * Writes a line without its CRLF.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatFacts } from "./facts.ts";
 * const entry = { name: "a b", type: "file", size: 3, modifiedMs: 0 } as const;
 * assert.equal(
 *   formatFacts(entry, { permissions: "r" }),
 *   "type=file;size=3;modify=19700101000000;perm=r; a b",
 * );
 * ```
 */
export function formatFacts(entry: Entry, { only, permissions }: FactsOptions): string {
  let line = "";
  for (const { key, opening, valueOf } of TOLD_FACTS) {
    if (only?.has(key) === false) continue;
    const value = valueOf(entry, permissions);
    if (value !== undefined) line += `${opening}${value};`;
  }
  return `${line} ${entry.name}`;
}

/** What a fact says; `undefined` where it says nothing about an entry. */
type ValueOf = (entry: Entry, permissions: string) => string | undefined;

const VALUES: Readonly<Record<typeof FACTS[number], ValueOf>> = {
  "type": ({ type }) => type === "file" ? "file" : type === "directory" ? "dir" : "OS.unix=other",
  "size": ({ type, size }) => type === "file" ? String(size) : undefined,
  "modify": ({ modifiedMs }) => formatTimeValue(wholeSecond(modifiedMs)),
  "create": ({ createdMs }) =>
    createdMs === undefined ? undefined : formatTimeValue(wholeSecond(createdMs)),
  "perm": (_entry, permissions) => permissions,
  "unique": ({ unique }) => unique,
  "UNIX.mode": ({ mode }) => mode === undefined ? undefined : mode.toString(8).padStart(4, "0"),
};

/** Each with what is the same in every line: `key` as {@linkcode FactsOptions.only} has it. */
const TOLD_FACTS = FACTS.map((fact) => ({
  key: fact.toLowerCase(),
  opening: `${fact}=`,
  valueOf: VALUES[fact],
}));

/**
 * Reads a line without its CRLF (and without the space that MLST's own reply puts before it).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseFacts } from "./facts.ts";
 * const line = parseFacts("Type=file;Size=3; a b");
 * assert.equal(line.ok && line.value.facts.get("size"), "3");
 * assert.equal(line.ok && line.value.name, "a b");
 * ```
 */
export function parseFacts(line: string): Parsed<FactsLine> {
  const space = line.indexOf(" ");
  const name = line.slice(space + 1);
  if (space < 0 || name === "") return unparsed("expected facts, a space and a name");
  const facts = new Map<string, string>();
  for (const fact of line.slice(0, space).split(";")) {
    const equals = fact.indexOf("=");
    if (equals > 0) facts.set(fact.slice(0, equals).toLowerCase(), fact.slice(equals + 1));
    else if (fact !== "") return unparsed("a fact is written name=value;");
  }
  return parsed({ facts, name });
}
