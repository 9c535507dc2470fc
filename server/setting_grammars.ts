// How the text of a setting reads: one grammar a kind, each with the syntax it prints.

import { type Endpoint, formatEndpoint } from "../shared/endpoint.ts";
import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";
import { formatDuration, formatSize, parseDuration, parseSize } from "../shared/units.ts";
import { formatNetwork, type Network, parseNetwork } from "./network.ts";
import { parsePublicAddress, type PublicAddress } from "./public_address.ts";
import { charsetName } from "./charset.ts";
import type { PortRange } from "./settings.ts";

/** A kind of setting: it parses, and it prints what is allowed. */
export interface SettingGrammar<T> {
  /** As `--help` shows it after the flag, e.g. `N`. */
  readonly syntax: string;
  parse(text: string): Parsed<T>;
  /** Whether a flag said again adds to what it said before. */
  readonly isList?: true;
  /** The text that reads as this value. */
  format(value: T): string;
}

/** One of a few words. */
export function oneOf<const T extends string>(...words: readonly T[]): SettingGrammar<T> {
  return {
    syntax: words.join("|"),
    parse(text) {
      const word = words.find((known) => known === text.toLowerCase());
      return word === undefined ? unparsed(`allowed are ${words.join(", ")}`) : parsed(word);
    },
    format: (word) => word,
  };
}

/** A whole number, both limits included. */
export function wholeNumber(lowest: number, highest: number): SettingGrammar<number> {
  return {
    syntax: "N",
    parse(text) {
      const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
      if (value >= lowest && value <= highest) return parsed(value);
      return unparsed(`a whole number from ${lowest} to ${highest} is allowed`);
    },
    format: String,
  };
}

/** A duration, milliseconds; both limits included. */
export function duration(lowestMs: number, highestMs: number): SettingGrammar<number> {
  const limits = `from ${formatDuration(lowestMs)} to ${formatDuration(highestMs)}`;
  return {
    syntax: "SECONDS",
    parse(text) {
      const read = parseDuration(text);
      if (read.ok && read.value >= lowestMs && read.value <= highestMs) return read;
      return unparsed(`a duration ${limits} is allowed, like 300 (seconds), 5m or 1h`);
    },
    format: (ms) => ms % 1000 === 0 ? String(ms / 1000) : formatDuration(ms),
  };
}

/** A size, bytes. */
export const size: SettingGrammar<number> = {
  syntax: "SIZE",
  parse: parseSize,
  format: formatSize,
};

/** A size, bytes, or `none`. */
export const sizeOrNone: SettingGrammar<number | undefined> = {
  syntax: "SIZE",
  parse(text) {
    if (text === "none") return parsed(undefined);
    const read = parseSize(text);
    return read.ok ? read : unparsed(`${read.why}, or none`);
  },
  format: (bytes) => bytes === undefined ? "none" : formatSize(bytes),
};

/** A literal address or a host name to listen on; IPv6 with or without brackets. */
export const listenAddress: SettingGrammar<string | undefined> = {
  syntax: "ADDRESS",
  parse(text) {
    const bare = text.replace(/^\[(.*)\]$/, "$1");
    if (/^[\p{L}\p{N}._:%-]{1,253}$/u.test(bare)) return parsed(bare);
    return unparsed("an IP address or a host name of this machine is allowed");
  },
  format: (host) => host ?? "",
};

/** `HOST:PORT`, IPv6 in brackets. */
export const hostAndPort: SettingGrammar<Endpoint | undefined> = {
  syntax: "HOST:PORT",
  parse(text) {
    const [, host = "", port = ""] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
    const address = listenAddress.parse(host);
    const isBare = host.includes(":") && !host.startsWith("[");
    if (address.ok && address.value !== undefined && !isBare && Number(port) <= 65_535) {
      return parsed({ address: address.value, port: Number(port) });
    }
    return unparsed("an address and a port are allowed, like 127.0.0.1:9100 or [::1]:9100");
  },
  format: (endpoint) => endpoint === undefined ? "" : formatEndpoint(endpoint),
};

/** The path of a file, as the host writes it. */
export const filePath: SettingGrammar<string | undefined> = {
  syntax: "FILE",
  parse(text) {
    const fits = text !== "" && !text.includes("\0");
    return fits ? parsed(text) : unparsed("the path of a file is allowed");
  },
  format: (path) => path ?? "",
};

/** An address or a network in CIDR form. */
export const network: SettingGrammar<Network> = {
  syntax: "NETWORK",
  parse: parseNetwork,
  format: formatNetwork,
};

/** An address to be told by PASV, and to whom. */
export const publicAddress: SettingGrammar<PublicAddress> = {
  syntax: "ADDRESS",
  parse: parsePublicAddress,
  format: ({ clients, host }) => clients === undefined ? host : `${formatNetwork(clients)}=${host}`,
};

/** The same, or a word for none. */
export function optional<T>(item: SettingGrammar<T>, none: string): SettingGrammar<T | undefined> {
  return {
    syntax: item.syntax,
    parse: (text) => text.toLowerCase() === none ? parsed(undefined) : item.parse(text),
    format: (value) => value === undefined ? none : item.format(value),
  };
}

/** A charset that names may be in besides UTF-8, by any of its labels. */
export const charset: SettingGrammar<string> = {
  syntax: "CHARSET",
  parse(text) {
    const name = charsetName(text);
    return name === undefined
      ? unparsed("a charset that contains ASCII is allowed, like gbk or windows-1252")
      : parsed(name);
  },
  format: (name) => name,
};

/** Any number of them, with commas or blanks in between; the empty text is none. */
export function listOf<T>(item: SettingGrammar<T>): SettingGrammar<readonly T[]> {
  return {
    syntax: `${item.syntax},...`,
    isList: true,
    parse(text) {
      if (text.trim() === "") return parsed([]);
      const values: T[] = [];
      for (const each of text.split(/[\s,]+/).filter((word) => word !== "")) {
        const read = item.parse(each);
        if (!read.ok) return read;
        values.push(read.value);
      }
      return values.length > 0 ? parsed(values) : unparsed("at least one is expected");
    },
    format: (values) => values.map(item.format).join(","),
  };
}

/** `A-B`, both included; one port alone is a range of one. */
export const portRange: SettingGrammar<PortRange | undefined> = {
  syntax: "A-B",
  parse(text) {
    const [, a, b] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
    const [first, last] = [Number(a), Number(b ?? a)];
    if (first >= 1024 && first <= last && last <= 65_535) return parsed({ first, last });
    return unparsed("two ports from 1024 to 65535, the lower one first, are allowed");
  },
  format: (range) => range === undefined ? "" : `${range.first}-${range.last}`,
};
