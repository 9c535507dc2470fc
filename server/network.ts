// Ranges of addresses: how they are written, which addresses they hold, what counts as one address.

import { isLoopback, normaliseAddress } from "../shared/endpoint.ts";
import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";

/** A range of addresses: the first bits of all of them are the same. */
export interface Network {
  /** Four bytes or sixteen. */
  readonly bytes: Uint8Array;
  readonly prefixBits: number;
}

/**
 * Reads `192.0.2.0/24`, `2001:db8::/32`, or one address alone.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { networkHolds, parseNetwork } from "./network.ts";
 * const network = parseNetwork("10.1.0.0/16");
 * assert.ok(network.ok);
 * assert.equal(networkHolds(network.value, "10.1.2.3"), true);
 * assert.equal(networkHolds(network.value, "10.2.0.1"), false);
 * ```
 */
export function parseNetwork(text: string): Parsed<Network> {
  const [address = "", prefix, ...more] = text.split("/");
  const bytes = addressBytes(address.replace(/^\[(.*)\]$/, "$1"));
  if (bytes === undefined || more.length > 0) return unparsed(EXPECTED);
  if (prefix === undefined) return parsed({ bytes, prefixBits: bytes.length * 8 });
  const prefixBits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
  if (!(prefixBits <= bytes.length * 8)) return unparsed(EXPECTED);
  const network = { bytes, prefixBits };
  if (!isZeroFrom(bytes, prefixBits)) {
    return unparsed("the bits behind the prefix of a network are zero");
  }
  return parsed(network);
}

const EXPECTED = "expected an address or a network like 10.0.0.0/8 or 2001:db8::/32";

/** The text that reads as this network. */
export function formatNetwork({ bytes, prefixBits }: Network): string {
  const address = addressText(bytes);
  return prefixBits === bytes.length * 8 ? address : `${address}/${prefixBits}`;
}

/** Whether the address is in the network; IPv4 is IPv4 also when it came mapped into IPv6. */
export function networkHolds(network: Network, address: string): boolean {
  const bytes = addressBytes(address);
  return bytes !== undefined && sharesPrefix(network.bytes, bytes, network.prefixBits);
}

/**
 * What counts as one address where addresses are counted: an IPv4 address, or the 64 bits that one
 * subscriber's IPv6 addresses have in common.
 *
 * SECURITY: who has an IPv6 subnet has 2^64 addresses, and could take as many times the limit.
 */
export function addressBlock(address: string): string {
  const text = normaliseAddress(address);
  if (!text.includes(":")) return text;
  const bytes = addressBytes(text);
  if (bytes === undefined || isLoopback(text)) return text;
  return `${addressText(new Uint8Array([...bytes.subarray(0, 8), ...new Array(8).fill(0)]))}/64`;
}

/** Whether the address has no meaning in the internet at large (RFC 6890): no client far away can reach it. */
export function isPrivate(address: string): boolean {
  return PRIVATE.some((network) => networkHolds(network, address));
}

const PRIVATE: readonly Network[] = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "::1",
  "fc00::/7",
  "fe80::/10",
].map((text) => {
  const network = parseNetwork(text);
  if (!network.ok) throw new Error(network.why);
  return network.value;
});

/** The four or sixteen bytes of a literal address; `undefined` for anything else. */
export function addressBytes(address: string): Uint8Array | undefined {
  const text = normaliseAddress(address);
  if (!text.includes(":")) return ipv4Bytes(text);
  if (!/^[0-9a-f:.]{2,45}$/.test(text) || !URL.canParse(`ftp://[${text}]/`)) return undefined;
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const first = groupsOf(head);
  const last = groupsOf(tail ?? "");
  const gap = new Array(8 - first.length - last.length).fill(0);
  return Uint8Array.from(
    [...first, ...gap, ...last].flatMap((group) => [group >> 8, group & 0xff]),
  );
}

/** The address as text, in its canonical form. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, at) => {
    return (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16);
  });
  return normaliseAddress(new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1));
}

function ipv4Bytes(text: string): Uint8Array | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (parts === undefined || parts.some((part) => Number(part) > 255)) return undefined;
  // A leading zero means octal to some and decimal to others.
  if (parts.some((part) => part.length > 1 && part.startsWith("0"))) return undefined;
  return Uint8Array.from(parts, Number);
}

function groupsOf(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
}

function sharesPrefix(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at * 8 < bits; at++) {
    const mask = bits - at * 8 >= 8 ? 0xff : (0xff00 >> (bits - at * 8)) & 0xff;
    if ((((a[at] ?? 0) ^ (b[at] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}

function isZeroFrom(bytes: Uint8Array, bits: number): boolean {
  const kept = bytes.map((byte, at) => {
    const left = Math.min(8, Math.max(0, bits - at * 8));
    return byte & (0xff00 >> left) & 0xff;
  });
  return sharesPrefix(bytes, kept, bytes.length * 8);
}
