// Where a server is and what is meant there: an address, read and printed.

import { domainToASCII } from "node:url";
import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";
import { Secret } from "../shared/secret.ts";

/** What the text before `://` asks for: TLS when offered, TLS always, TLS from the first byte. */
export type AddressScheme = "ftp" | "ftpes" | "ftps";

/** A server, who to be there, and a place on it. */
export interface Address {
  readonly scheme: AddressScheme;
  readonly user: string | undefined;
  /** Only where someone wrote `USER:PASSWORD@`; never printed again. */
  readonly password: Secret | undefined;
  /** A name in ASCII, or an IP address without brackets. */
  readonly host: string;
  /** 1 to 65,535; `undefined` for the standard one. */
  readonly port: number | undefined;
  /** From the login directory unless it starts with `/`; empty for the login directory itself. */
  readonly path: string;
}

/** The standard port of a scheme. */
export function standardPort(scheme: AddressScheme): number {
  return scheme === "ftps" ? 990 : 21;
}

/**
 * Reads `[ftp://|ftpes://|ftps://][USER[:PASSWORD]@]HOST[:PORT][/PATH]`; IPv6 stands in brackets. With a
 * scheme it is a URL and its parts are percent-decoded; without one every character is itself. A
 * path counts from the login directory, and from the root after `//` or `/%2F` (RFC 1738, 3.2.2).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseAddress } from "./address.ts";
 * const address = parseAddress("ftps://ann@[::1]:2990/a%20b");
 * assert.ok(address.ok && address.value.host === "::1" && address.value.path === "a b");
 * assert.equal(parseAddress("http://example.org/").ok, false);
 * ```
 */
export function parseAddress(text: string): Parsed<Address> {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  const name = scheme?.[1]?.toLowerCase() ?? "ftp";
  if (!isScheme(name)) {
    return unparsed("an address starts with ftp://, ftpes://, ftps:// or a host");
  }
  const parts = splitAddress(scheme === null ? text : text.slice(scheme[0].length));
  return scheme === null ? assemble(name, parts) : assembleUrl(name, parts);
}

/** The address as a URL that {@linkcode parseAddress} reads back; a password is left out. */
export function formatAddress(address: Address): string {
  const user = address.user === undefined ? "" : `${encodeURIComponent(address.user)}@`;
  const path = address.path.split("/").map(encodeURIComponent).join("/").replace(/^\//, "%2F");
  return `${address.scheme}://${user}${formatHostAndPort(address)}/${path}`;
}

/** `HOST`, or `HOST:PORT` where the port is not the scheme's own; IPv6 in brackets. */
export function formatHostAndPort(address: Pick<Address, "scheme" | "host" | "port">): string {
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  const port = address.port ?? standardPort(address.scheme);
  return port === standardPort(address.scheme) ? host : `${host}:${port}`;
}

/** Reads a port to connect to: 1 to 65,535. */
export function parsePort(text: string): Parsed<number> {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535
    ? parsed(port)
    : unparsed("a port is a number from 1 to 65535");
}

/** Whether the text starts like a URL, whatever its scheme. */
export function looksLikeUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

interface AddressParts {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
  readonly path: string;
}

function splitAddress(text: string): AddressParts {
  const slash = text.indexOf("/");
  const authority = slash < 0 ? text : text.slice(0, slash);
  // The last @ counts: user names that are mail addresses are common.
  const at = authority.lastIndexOf("@");
  const login = at < 0 ? undefined : authority.slice(0, at);
  const colon = login?.indexOf(":") ?? -1;
  const server = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority.slice(at + 1));
  return {
    user: colon < 0 ? login : login?.slice(0, colon),
    password: colon < 0 ? undefined : login?.slice(colon + 1),
    host: server?.[1] ?? "",
    port: server?.[2],
    path: slash < 0 ? "" : text.slice(slash + 1),
  };
}

function assembleUrl(scheme: AddressScheme, parts: AddressParts): Parsed<Address> {
  const withoutType = parts.path.replace(/;type=i$/i, "");
  if (/;type=[^/]*$/i.test(withoutType)) return unparsed("a URL may ask for ;type=i only");
  try {
    return assemble(scheme, {
      user: parts.user === undefined ? undefined : decodeURIComponent(parts.user),
      password: parts.password === undefined ? undefined : decodeURIComponent(parts.password),
      host: parts.host.startsWith("[") ? parts.host : decodeURIComponent(parts.host),
      port: parts.port,
      path: decodeURIComponent(withoutType),
    });
  } catch {
    return unparsed("a % in a URL is followed by two hexadecimal digits of UTF-8");
  }
}

function assemble(scheme: AddressScheme, parts: AddressParts): Parsed<Address> {
  // SECURITY: a line break in a user name or a path would be a second command on the wire.
  if (/[\0\r\n]/.test(`${parts.user ?? ""}${parts.password ?? ""}${parts.path}`)) {
    return unparsed("an address may not hold NUL, CR or LF");
  }
  if (parts.user === "") return unparsed("a user name stands before the @");
  const host = parseHost(parts.host);
  if (!host.ok) return host;
  const port = parts.port === undefined ? parsed(undefined) : parsePort(parts.port);
  if (!port.ok) return port;
  return parsed({
    scheme,
    user: parts.user,
    password: parts.password === undefined ? undefined : new Secret(parts.password),
    host: host.value,
    port: port.value,
    path: parts.path,
  });
}

function parseHost(text: string): Parsed<string> {
  if (text.startsWith("[")) {
    const inside = /^\[([0-9a-f:.]*:[0-9a-f:.]*(?:%[\w.-]+)?)\]$/i.exec(text)?.[1];
    return inside === undefined
      ? unparsed("brackets hold an IPv6 address")
      : parsed(inside.toLowerCase());
  }
  // deno-lint-ignore no-control-regex -- everything beyond ASCII is for IDNA to judge
  const host = /^[\x00-\x7f]*$/.test(text) ? text.toLowerCase() : domainToASCII(text);
  if (host.length > 253 || !/^[a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?$/.test(host)) {
    return unparsed("a host is a name, an IPv4 address or an IPv6 address in brackets");
  }
  return parsed(host);
}

function isScheme(text: string): text is AddressScheme {
  return text === "ftp" || text === "ftpes" || text === "ftps";
}
