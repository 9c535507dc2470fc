// Where a data connection goes, as text: PORT and PASV (RFC 959, 4.1.2), EPRT and EPSV (RFC 2428).

import { type Endpoint, isIpv6, normaliseAddress } from "./endpoint.ts";
import { type Parsed, parsed, unparsed } from "./parsed.ts";

const SIX_NUMBERS = /^(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})$/;
const SIX_NUMBERS_ANYWHERE =
  /(?<!\d)(\d{1,3}), ?(\d{1,3}), ?(\d{1,3}), ?(\d{1,3}), ?(\d{1,3}), ?(\d{1,3})(?!\d)/;
const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** Longer than any IPv6 literal (45) with delimiters, protocol and port. */
const EXTENDED_LIMIT = 64;

/**
 * Reads `h1,h2,h3,h4,p1,p2`, exactly.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseHostPort } from "./host_port.ts";
 * assert.deepEqual(parseHostPort("192,0,2,1,4,1"), {
 *   ok: true,
 *   value: { address: "192.0.2.1", port: 1025 },
 * });
 * assert.equal(parseHostPort("192,0,2,256,4,1").ok, false);
 * ```
 */
export function parseHostPort(text: string): Parsed<Endpoint> {
  return fromSixNumbers(SIX_NUMBERS.exec(text));
}

/** Writes an IPv4 endpoint as `h1,h2,h3,h4,p1,p2`. */
export function formatHostPort(endpoint: Endpoint): string {
  const address = normaliseAddress(endpoint.address).replaceAll(".", ",");
  return `${address},${endpoint.port >> 8},${endpoint.port & 0xff}`;
}

/** An EPRT argument: a network protocol this side may not know, and an endpoint where it does. */
export type ExtendedHostPort =
  | { readonly protocol: 1 | 2; readonly endpoint: Endpoint }
  | { readonly protocol: "unknown" };

/**
 * Reads `|1|192.0.2.1|1025|` or `|2|2001:db8::1|1025|`; the first character is the delimiter, any
 * of ASCII 33 to 126 (RFC 2428, 2). A protocol other than these two is `unknown`: it wants a 522.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseExtendedHostPort } from "./host_port.ts";
 * assert.deepEqual(parseExtendedHostPort("|2|::1|1025|"), {
 *   ok: true,
 *   value: { protocol: 2, endpoint: { address: "::1", port: 1025 } },
 * });
 * assert.deepEqual(parseExtendedHostPort("|3|x|1|"), { ok: true, value: { protocol: "unknown" } });
 * ```
 */
export function parseExtendedHostPort(text: string): Parsed<ExtendedHostPort> {
  const delimiter = text.charAt(0);
  if (text.length > EXTENDED_LIMIT || !isDelimiter(delimiter)) return unparsed(EXTENDED_SYNTAX);
  const fields = text.split(delimiter);
  const [before, protocol = "", host = "", portText = "", after] = fields;
  if (fields.length !== 5 || before !== "" || after !== "") return unparsed(EXTENDED_SYNTAX);
  if (!/^\d{1,5}$/.test(protocol)) return unparsed(EXTENDED_SYNTAX);
  if (Number(protocol) !== 1 && Number(protocol) !== 2) return parsed({ protocol: "unknown" });
  const family = Number(protocol) === 1 ? 1 : 2;
  const address = family === 1 ? ipv4Of(host) : ipv6Of(host);
  const port = portOf(portText);
  if (address === undefined || port === undefined) return unparsed(EXTENDED_SYNTAX);
  return parsed({ protocol: family, endpoint: { address, port } });
}

/** Writes an endpoint as EPRT takes it, e.g. `|1|192.0.2.1|1025|`. */
export function formatExtendedHostPort(endpoint: Endpoint): string {
  const protocol = isIpv6(endpoint.address) ? 2 : 1;
  return `|${protocol}|${normaliseAddress(endpoint.address)}|${endpoint.port}|`;
}

/**
 * Finds the endpoint in the text of a 227 reply: servers differ in all but the six numbers
 * (RFC 1123, 4.1.2.6).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parsePassiveReply } from "./host_port.ts";
 * assert.deepEqual(parsePassiveReply("Entering Passive Mode (192,0,2,1,4,1)."), {
 *   ok: true,
 *   value: { address: "192.0.2.1", port: 1025 },
 * });
 * ```
 */
export function parsePassiveReply(text: string): Parsed<Endpoint> {
  return fromSixNumbers(SIX_NUMBERS_ANYWHERE.exec(text));
}

/**
 * Finds the port in the text of a 229 reply, `(|||6446|)` with any delimiter (RFC 2428, 3).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseExtendedPassiveReply } from "./host_port.ts";
 * assert.deepEqual(parseExtendedPassiveReply("Extended Passive Mode OK (!!!6446!)"), {
 *   ok: true,
 *   value: 6446,
 * });
 * ```
 */
export function parseExtendedPassiveReply(text: string): Parsed<number> {
  const match = /([!-~])\1\1(\d{1,5})\1/.exec(text);
  const port = portOf(match?.[2] ?? "");
  return port === undefined ? unparsed("a 229 reply holds (|||port|)") : parsed(port);
}

const EXTENDED_SYNTAX = "expected |protocol|address|port|";

function fromSixNumbers(match: RegExpExecArray | null): Parsed<Endpoint> {
  const numbers = (match ?? []).slice(1).map(Number);
  const [h1, h2, h3, h4, p1 = 0, p2 = 0] = numbers;
  if (numbers.length !== 6 || numbers.some((number) => number > 255)) {
    return unparsed("expected six numbers from 0 to 255: h1,h2,h3,h4,p1,p2");
  }
  if (p1 === 0 && p2 === 0) return unparsed("port 0 is none");
  return parsed({ address: `${h1}.${h2}.${h3}.${h4}`, port: p1 * 256 + p2 });
}

function isDelimiter(character: string): boolean {
  return /^[!-~]$/.test(character) && !/[0-9A-Fa-f:.]/.test(character);
}

function portOf(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function ipv4Of(text: string): string | undefined {
  const octets = IPV4.exec(text)?.slice(1);
  return octets?.every((octet) => Number(octet) <= 255) ? text : undefined;
}

/** The canonical form, since it is compared with the peer's own address. */
function ipv6Of(text: string): string | undefined {
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(text) || !text.includes(":")) return undefined;
  const mapped = normaliseAddress(text);
  if (!mapped.includes(":")) return ipv4Of(mapped);
  return URL.canParse(`ftp://[${text}]/`)
    ? new URL(`http://[${text}]/`).hostname.slice(1, -1)
    : undefined;
}
