// A record of the journal as it stands on the disk: a head, then a line for each thing that became of its files.

import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import type { Existing, SourceFacts, TlsMode, TransferOptions } from "../client.ts";
import { type Address, formatAddress, parseAddress } from "../address.ts";
import { TLS_MODES } from "../connection_flags.ts";
import type { MirrorRules } from "../mirror.ts";
import { IF_EXISTS, type IfExists, type TransferFlags } from "../operations/transfer_policy.ts";

/** A server, who is logged in there, and how it is reached; never a password. */
export interface RecordedServer {
  /** With the user; without password and path. */
  readonly address: Address;
  readonly tls: TlsMode;
  readonly active: boolean;
  /** `--pin`, `--ca`. SECURITY: `--insecure` is not kept: whoever wants it says so each time. */
  readonly pin: string | undefined;
  readonly ca: string | undefined;
}

/** One thing that a command was told to move. */
export interface RecordedItem {
  /** Absolute host path. */
  readonly local: string;
  /** Absolute, or from the folder of the login. */
  readonly remote: string;
  /** Whether it may be a folder, with everything in it. */
  readonly isTree: boolean;
  /** Bytes, where it is one file and they are known. */
  readonly size: number | undefined;
}

/** How files are to be moved, as flags and settings had it. */
export interface RecordedFlags extends TransferFlags {
  readonly ifExists: IfExists;
  readonly type: TransferOptions["type"];
}

/** What a command was told to do; it never changes. */
export interface RecordHead {
  readonly direction: "get" | "put";
  readonly server: RecordedServer;
  readonly items: readonly RecordedItem[];
  /** Of a mirror, which has one item. */
  readonly mirror: MirrorRules | undefined;
  readonly flags: RecordedFlags;
  readonly begunMs: number;
}

/** A file that was on its way, and what it was then: if it is another one now, it is not carried on. */
export interface Flight extends SourceFacts {
  /** Absolute host path. */
  readonly local: string;
  readonly remote: string;
  /** What was decided about a target that is there. */
  readonly existing: Existing;
}

/** All that a record says. */
export interface RecordContent {
  readonly head: RecordHead;
  /** Files that were begun and have not ended, by the number they have here. */
  readonly flights: ReadonlyMap<number, Flight>;
  /** Items that are done, by their place in the head. */
  readonly doneItems: ReadonlySet<number>;
}

/** One thing that became of a file. */
export type RecordLine =
  | { readonly begins: number; readonly flight: Flight }
  | { readonly learns: number; readonly facts: SourceFacts }
  | { readonly ends: number }
  | { readonly item: number };

const VERSION = 1;

const VERIFY: readonly RecordedFlags["verify"][] = ["auto", "always", "never"];
const TYPES: readonly RecordedFlags["type"][] = [undefined, "image", "ascii"];
const EXISTING: readonly Existing[] = ["resume", "replace", "refuse"];

/** The head's line. */
export function formatHead({ server, ...head }: RecordHead): string {
  const { address, ...others } = server;
  const written = {
    version: VERSION,
    ...head,
    server: { ...others, address: formatAddress(address) },
  };
  return `${JSON.stringify(written)}\n`;
}

/** A further line. */
export function formatLine(line: RecordLine): string {
  return `${JSON.stringify(line)}\n`;
}

/**
 * Reads a record. A line that a power cut tore is left out: what it said is found out again.
 *
 * @param text the whole file.
 */
export function parseRecord(text: string): Parsed<RecordContent> {
  const [first = "", ...rest] = text.split("\n");
  // Without its end the head is not all there.
  const head = rest.length === 0
    ? unparsed("the head is not complete")
    : parseHead(objectOf(first));
  if (!head.ok) return head;
  const flights = new Map<number, Flight>();
  const doneItems = new Set<number>();
  for (const line of rest.slice(0, -1).map(objectOf)) {
    const { begins, learns, ends, item } = line;
    if (isCount(begins) && isFlight(line["flight"])) flights.set(begins, line["flight"]);
    else if (isCount(learns) && isFacts(line["facts"])) {
      const flight = flights.get(learns);
      const { size, modifiedMs } = line["facts"];
      if (flight !== undefined) flights.set(learns, { ...flight, size, modifiedMs });
    } else if (isCount(ends)) flights.delete(ends);
    else if (isCount(item)) doneItems.add(item);
  }
  return parsed({ head: head.value, flights, doneItems });
}

type Fields = Readonly<Record<string, unknown>>;

function parseHead(fields: Fields): Parsed<RecordHead> {
  const { version, direction, items, mirror, flags, begunMs } = fields;
  const server = fieldsOf(fields["server"]);
  const address = parseAddress(textOf(server["address"]) ?? "");
  if (!address.ok) return address;
  const isWhole = version === VERSION && (direction === "get" || direction === "put") &&
    Array.isArray(items) && items.every(isItem) && isCount(begunMs);
  if (!isWhole || !isFlags(flags) || !isMirror(mirror) || !isTls(server["tls"])) {
    return unparsed("it is no record of this version");
  }
  return parsed({
    direction,
    server: {
      address: address.value,
      tls: server["tls"],
      active: server["active"] === true,
      pin: textOf(server["pin"]),
      ca: textOf(server["ca"]),
    },
    items,
    mirror,
    flags,
    begunMs,
  });
}

function objectOf(line: string): Fields {
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? value as Fields : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number >= 0;
}

function isFacts(value: unknown): value is SourceFacts {
  const { size, modifiedMs } = fieldsOf(value);
  return typeof value === "object" && isAbsentOr(isCount, size) &&
    isAbsentOr(Number.isFinite, modifiedMs);
}

function isFlags(value: unknown): value is RecordedFlags {
  const { ifExists, verify, retries, limitRate, preserve, type } = fieldsOf(value);
  return isOneOf(IF_EXISTS, ifExists) && isOneOf(VERIFY, verify) && isCount(retries) &&
    limitRate !== 0 && isAbsentOr(isCount, limitRate) &&
    isOneOf([undefined, true, false], preserve) &&
    isOneOf(TYPES, type);
}

function isItem(value: unknown): value is RecordedItem {
  const { local, remote, isTree, size } = fieldsOf(value);
  return typeof local === "string" && typeof remote === "string" && typeof isTree === "boolean" &&
    isAbsentOr(isCount, size);
}

function isFlight(value: unknown): value is Flight {
  const { local, remote, existing } = fieldsOf(value);
  return typeof local === "string" && typeof remote === "string" && isOneOf(EXISTING, existing) &&
    isFacts(value);
}

function isMirror(value: unknown): value is MirrorRules | undefined {
  const { include, exclude, newerOnly } = fieldsOf(value);
  const areGlobs = (globs: unknown) =>
    Array.isArray(globs) && globs.every((glob) => typeof glob === "string");
  return value === undefined ||
    (areGlobs(include) && areGlobs(exclude) && typeof newerOnly === "boolean");
}

/** JSON leaves out what is not known. */
function isAbsentOr(is: (value: unknown) => boolean, value: unknown): boolean {
  return value === undefined || is(value);
}

function isTls(value: unknown): value is TlsMode {
  return isOneOf(TLS_MODES, value);
}

function isOneOf(known: readonly unknown[], value: unknown): boolean {
  return known.includes(value);
}
