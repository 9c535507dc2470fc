// The header a proxy puts before a connection's own bytes: PROXY protocol, version 1 (text) and 2 (binary).

import type { ByteSource } from "../shared/byte_stream.ts";
import type { Endpoint } from "../shared/endpoint.ts";
import { Fault } from "../shared/fault.ts";
import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";
import { addressBytes, addressText } from "./network.ts";

/** What a proxy says of a connection. */
export type ProxyHeader =
  | {
    readonly kind: "proxied";
    /** The client. */
    readonly source: Endpoint;
    /** What the client connected to. */
    readonly destination: Endpoint;
  }
  /** It speaks for itself (a health check) or does not know for whom. */
  | { readonly kind: "own" };

/** What the first bytes are: a header, part of one, or neither. */
export type ProxyHeaderRead = Parsed<
  | { readonly kind: "whole"; readonly header: ProxyHeader; readonly length: number }
  /** So many bytes it has at least. */
  | { readonly kind: "part"; readonly atLeast: number }
>;

/** Version 1 has no more than this, its line end included. */
const LINE_LIMIT_BYTES = 107;
/** Addresses take 36; the rest is what proxies add about themselves, which nobody here reads. */
const EXTRA_LIMIT_BYTES = 4096;
/** `PROXY UNKNOWN` and its line end, the shortest header there is. */
const SHORTEST_BYTES = 15;

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const FIXED_BYTES = 16;
/** By the byte that names family and transport: how many bytes an address has. */
const TCP4 = 0x11;
const TCP6 = 0x21;
const UNSPECIFIED = 0x00;

/**
 * Reads what there is of a header; never more than its own bytes count.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseProxyHeader } from "./proxy_header.ts";
 * const text = "PROXY TCP4 192.0.2.1 198.51.100.1 40000 21\r\nUSER x";
 * assert.deepEqual(parseProxyHeader(new TextEncoder().encode(text)), {
 *   ok: true,
 *   value: {
 *     kind: "whole",
 *     header: {
 *       kind: "proxied",
 *       source: { address: "192.0.2.1", port: 40000 },
 *       destination: { address: "198.51.100.1", port: 21 },
 *     },
 *     length: 44,
 *   },
 * });
 * ```
 */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeaderRead {
  if (bytes.length < SHORTEST_BYTES) return part(SHORTEST_BYTES);
  return SIGNATURE.every((byte, at) => bytes[at] === byte) ? parseBinary(bytes) : parseText(bytes);
}

/**
 * Takes a header off the front of a connection, and not one byte more.
 *
 * @throws Fault `denied` where there is none; whatever the source throws
 */
export async function takeProxyHeader(source: ByteSource): Promise<ProxyHeader> {
  let bytes = new Uint8Array(0);
  for (;;) {
    const read = parseProxyHeader(bytes);
    if (!read.ok) throw new Fault("denied", { cause: new Error(read.why) });
    if (read.value.kind === "whole") return read.value.header;
    const longer = new Uint8Array(read.value.atLeast);
    longer.set(bytes);
    for (let filled = bytes.length; filled < longer.length;) {
      const count = await source.read(longer.subarray(filled));
      if (count === null) throw new Fault("truncated");
      filled += count;
    }
    bytes = longer;
  }
}

function parseText(bytes: Uint8Array): ProxyHeaderRead {
  const end = bytes.indexOf(0x0a);
  const line = new TextDecoder("latin1").decode(bytes.subarray(0, end < 0 ? undefined : end + 1));
  if (!line.startsWith("PROXY ")) return unparsed("a PROXY header was expected");
  if (line.length > LINE_LIMIT_BYTES) return unparsed("the PROXY line is too long");
  if (end < 0) {
    return line.length < LINE_LIMIT_BYTES
      ? part(line.length + 1)
      : unparsed("the PROXY line is too long");
  }
  if (!line.endsWith("\r\n")) return unparsed("the PROXY line ends without CR");
  const header = headerOfWords(line.slice(0, -2).split(" "));
  return header === undefined
    ? unparsed("the PROXY line makes no sense")
    : parsed({ kind: "whole", header, length: end + 1 });
}

function headerOfWords(words: readonly string[]): ProxyHeader | undefined {
  const [, family, from = "", to = "", fromPort = "", toPort = "", ...more] = words;
  if (family === "UNKNOWN") return { kind: "own" };
  const length = family === "TCP4" ? 4 : family === "TCP6" ? 16 : undefined;
  if (length === undefined || more.length > 0) return undefined;
  const isMapped = (text: string) => family === "TCP6" && /^::ffff:[\d.]+$/i.test(text);
  const isRight = (text: string) => addressBytes(text)?.length === length || isMapped(text);
  const ports = [fromPort, toPort];
  if (!isRight(from) || !isRight(to) || !ports.every(isPort)) return undefined;
  return proxied([from, to].map(canonical), ports.map(Number));
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function canonical(address: string): string {
  return addressText(addressBytes(address) ?? new Uint8Array(4));
}

function parseBinary(bytes: Uint8Array): ProxyHeaderRead {
  if (bytes.length < FIXED_BYTES) return part(FIXED_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [command = 0, family = 0, extra] = [bytes[12], bytes[13], view.getUint16(14)];
  if (command !== 0x20 && command !== 0x21) {
    return unparsed("the PROXY header's version is unknown");
  }
  if (extra > EXTRA_LIMIT_BYTES) return unparsed("the PROXY header is too long");
  const length = FIXED_BYTES + extra;
  if (bytes.length < length) return part(length);
  const whole = (header: ProxyHeader) => parsed({ kind: "whole", header, length } as const);
  if (command === 0x20 || family === UNSPECIFIED) return whole({ kind: "own" });
  const size = family === TCP4 ? 4 : family === TCP6 ? 16 : undefined;
  if (size === undefined) return unparsed("the PROXY header is not about TCP");
  if (extra < 2 * size + 4) return unparsed("the PROXY header is too short for its addresses");
  const addressAt = (at: number) => addressText(bytes.subarray(at, at + size));
  const portsAt = FIXED_BYTES + 2 * size;
  return whole(proxied(
    [addressAt(FIXED_BYTES), addressAt(FIXED_BYTES + size)],
    [view.getUint16(portsAt), view.getUint16(portsAt + 2)],
  ));
}

function proxied(
  [from = "", to = ""]: string[],
  [fromPort = 0, toPort = 0]: number[],
): ProxyHeader {
  return {
    kind: "proxied",
    source: { address: from, port: fromPort },
    destination: { address: to, port: toPort },
  };
}

function part(atLeast: number): ProxyHeaderRead {
  return parsed({ kind: "part", atLeast });
}
