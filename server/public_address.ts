// Which address a passive reply tells: our own, or the one that the peer's side of a NAT knows us by.

import { lookup } from "node:dns/promises";
import { within } from "../shared/deadline.ts";
import { type Endpoint, isLoopback } from "../shared/endpoint.ts";
import type { Log } from "../shared/log.ts";
import { type Parsed, parsed, unparsed } from "../shared/parsed.ts";
import { addressBytes, isPrivate, type Network, networkHolds, parseNetwork } from "./network.ts";

/** An address to be told, and to whom. */
export interface PublicAddress {
  /** The clients it is for; `undefined` for all that have none of their own. */
  readonly clients: Network | undefined;
  /** An IPv4 address, or a name that has one. */
  readonly host: string;
}

/** The two ends of a control connection. */
export interface Ends {
  readonly local: Endpoint;
  readonly peer: Endpoint;
}

/** What it is asked with. */
export interface PublicAddressWorld {
  /** As they are now: SIGHUP may change them. */
  readonly addresses: () => readonly PublicAddress[];
  readonly log: Log;
  /** Whether the log has not been told so yet. */
  readonly isNews: (name: string) => boolean;
  /** The networks this machine is in. */
  readonly ownNetworks?: () => readonly Network[];
  /** The IPv4 address of a name. */
  readonly resolve?: (name: string) => Promise<string>;
  /** A clock that only goes on, milliseconds. */
  readonly nowMs?: () => number;
}

/** A dynamic name is asked for again after so long. */
const NAME_LIFE_MS = 60_000;
/** A client waits for the answer to its PASV meanwhile. */
const RESOLVE_LIMIT_MS = 3000;

/**
 * Reads `ADDRESS` or `NETWORK=ADDRESS`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parsePublicAddress } from "./public_address.ts";
 * const read = parsePublicAddress("10.8.0.0/16=10.8.0.1");
 * assert.equal(read.ok && read.value.host, "10.8.0.1");
 * ```
 */
export function parsePublicAddress(text: string): Parsed<PublicAddress> {
  const [before = "", after, ...more] = text.split("=");
  const clients = after === undefined ? parsed(undefined) : parseNetwork(before);
  if (!clients.ok) return clients;
  const host = after ?? before;
  const isName = /^(?=.*[a-z])[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(host);
  if (more.length === 0 && (isName || addressBytes(host)?.length === 4)) {
    return parsed({ clients: clients.value, host });
  }
  return unparsed("an IPv4 address or a name is expected, or NETWORK=ADDRESS");
}

/** The addresses told by one thread, which remembers what names stood for. */
export class PublicAddresses {
  readonly #world: PublicAddressWorld;
  readonly #known = new Map<string, { readonly address: string; readonly untilMs: number }>();

  constructor(world: PublicAddressWorld) {
    this.#world = world;
  }

  /**
   * The address for this peer's PASV. A peer on this machine or in one of its networks gets our own,
   * since the way through the NAT leads nowhere from the inside; where the operator names a network
   * that includes the peer's, that decides (a container's clients all come from its own network).
   */
  async tellTo({ local, peer }: Ends): Promise<string> {
    const host = this.#hostFor(peer.address);
    const address = host === undefined ? undefined : await this.#addressOf(host);
    const told = address ?? local.address;
    if (isPrivate(told) && !isPrivate(peer.address)) this.#warn(told, peer.address);
    return told;
  }

  #hostFor(peer: string): string | undefined {
    if (isLoopback(peer)) return undefined;
    const addresses = this.#world.addresses();
    const own = addresses.filter(({ clients }) =>
      clients !== undefined && networkHolds(clients, peer)
    )
      .toSorted((one, other) => (other.clients?.prefixBits ?? 0) - (one.clients?.prefixBits ?? 0));
    if (own[0] !== undefined) return own[0].host;
    const usual = addresses.find(({ clients }) => clients === undefined);
    if (usual === undefined) return undefined;
    const networks = (this.#world.ownNetworks ?? networksOfThisMachine)();
    return networks.some((network) => networkHolds(network, peer)) ? undefined : usual.host;
  }

  async #addressOf(host: string): Promise<string | undefined> {
    if (addressBytes(host) !== undefined) return host;
    const nowMs = (this.#world.nowMs ?? (() => performance.now()))();
    const known = this.#known.get(host);
    if (known !== undefined && nowMs < known.untilMs) return known.address;
    try {
      const resolving = (this.#world.resolve ?? resolveIpv4)(host);
      const address = await within(resolving, { limitMs: RESOLVE_LIMIT_MS });
      this.#known.set(host, { address, untilMs: nowMs + NAME_LIFE_MS });
      return address;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#world.log.write("warn", "public address not resolved", { name: host, detail });
      // What it was a while ago is a better guess than an address that is none of the NAT's.
      return known?.address;
    }
  }

  #warn(address: string, peer: string): void {
    if (!this.#world.isNews("private address told")) return;
    const cure = "--public-address ADDRESS tells the one that clients out there can reach";
    this.#world.log.write("warn", "private address told to a public client", {
      address,
      peer,
      cure,
    });
  }
}

async function resolveIpv4(name: string): Promise<string> {
  return (await lookup(name, { family: 4 })).address;
}

/** The networks behind this machine's interfaces. */
function networksOfThisMachine(): Network[] {
  return Deno.networkInterfaces().flatMap(({ address, cidr }) => {
    const bytes = addressBytes(address);
    const prefixBits = Number(cidr?.split("/")[1]);
    return bytes === undefined || !(prefixBits >= 0) ? [] : [{ bytes, prefixBits }];
  });
}
