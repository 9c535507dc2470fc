// How arguments read: the typed grammars that the rows of the command table share.

import type { Endpoint } from "../shared/endpoint.ts";
import {
  type ExtendedHostPort,
  parseExtendedHostPort,
  parseHostPort,
} from "../shared/host_port.ts";
import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";
import { Secret } from "../shared/secret.ts";
import { parseTimeValue } from "../shared/time_value.ts";
import { resolvePath, type VirtualPath } from "../shared/virtual_path.ts";
import type { Grammar } from "./command.ts";

/** No argument; blanks are none. */
export const none: Grammar<undefined> = {
  syntax: "",
  parse: (text = "") =>
    text.trim() === "" ? parsed(undefined) : unparsed("no argument is expected"),
};

/** A path, exactly as given: leading and trailing blanks belong to it. */
export const path: Grammar<VirtualPath> = {
  syntax: "<path>",
  parse: (text = "", from) =>
    text === "" ? unparsed("a path is expected") : resolvePath(from, text),
};

/** A path or nothing. */
export const optionalPath: Grammar<VirtualPath | undefined> = optional(path);

/** Any text, at least one character. */
export function text(syntax: string): Grammar<string> {
  return {
    syntax,
    parse: (given = "") => given === "" ? unparsed(`${syntax} is expected`) : parsed(given),
  };
}

/** A password; none is an empty one, as for anonymous logins. */
export const secret: Grammar<Secret> = {
  syntax: "<password>",
  parse: (given = "") => parsed(new Secret(given)),
};

/** A whole number from 0 that this machine counts exactly. */
export function wholeNumber(syntax: string): Grammar<number> {
  return {
    syntax,
    parse(given = "") {
      const number = /^\d{1,16}$/.test(given.trim()) ? Number(given) : NaN;
      return Number.isSafeInteger(number)
        ? parsed(number)
        : unparsed("a whole number from 0 is expected");
    },
  };
}

/** The same or nothing. */
export function optional<A>(grammar: Grammar<A>): Grammar<A | undefined> {
  return {
    syntax: `[${grammar.syntax}]`,
    parse: (given, from) =>
      given === undefined || given.trim() === "" ? parsed(undefined) : grammar.parse(given, from),
  };
}

/** PORT's argument (RFC 959, 4.1.2). */
export const hostPort: Grammar<Endpoint> = {
  syntax: "<h1,h2,h3,h4,p1,p2>",
  parse: (given = "") => parseHostPort(given.trim()),
};

/** EPRT's argument (RFC 2428, 2). */
export const extendedHostPort: Grammar<ExtendedHostPort> = {
  syntax: "<|protocol|address|port|>",
  parse: (given = "") => parseExtendedHostPort(given.trim()),
};

/** A time and a path. */
export interface TimedPath {
  /** Milliseconds since 1970 UTC. */
  readonly ms: number;
  readonly path: VirtualPath;
}

/** MFMT's argument (draft-somers-ftp-mfxx, 3.1). */
export const timedPath: Grammar<TimedPath> = {
  syntax: "<YYYYMMDDHHMMSS> <path>",
  parse(given = "", from): Parsed<TimedPath> {
    const space = given.indexOf(" ");
    if (space < 0) return unparsed("a time, a space and a path are expected");
    const time = parseTimeValue(given.slice(0, space));
    if (!time.ok) return time;
    const target = path.parse(given.slice(space + 1), from);
    return target.ok ? parsed({ ms: time.value, path: target.value }) : target;
  },
};
