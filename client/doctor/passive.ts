// Passive data ports: what EPSV and PASV answer, and whether the port they name can be reached.

import { isIpv6, normaliseAddress } from "../../shared/endpoint.ts";
import { ExitCode } from "../../shared/exit_code.ts";
import { isFault } from "../../shared/fault.ts";
import { parseExtendedPassiveReply, parsePassiveReply } from "../../shared/host_port.ts";
import type { Reply } from "../../shared/reply.ts";
import type { Client } from "../client.ts";
import type { ClientLimits } from "../client_limits.ts";
import { connectTcp } from "../dial.ts";
import { Broken, formatRefusal } from "../failure.ts";
import { fails, type Finding, limited, works } from "./finding.ts";

/** What one of the two commands came to. */
type Probe =
  /** `elsewhere`: the address it named, where that is not the server's. */
  | { readonly kind: "open"; readonly port: number; readonly elsewhere?: string }
  | { readonly kind: "closed"; readonly port: number; readonly why: string }
  | { readonly kind: "refused"; readonly reply: string };

/**
 * Asks for ports over a session of its own: what was arranged and never used would be in the next transfer's way.
 *
 * @param address where the session's control connection leads.
 */
export async function examinePassive(
  client: Client,
  address: string,
  limits: ClientLimits,
  signal: AbortSignal,
): Promise<Finding> {
  const reach = (port: number) => probePort(address, port, limits, signal);
  const extended = await probe(await client.quote("EPSV", { signal }), (text) => {
    const port = parseExtendedPassiveReply(text);
    return port.ok ? { port: port.value } : undefined;
  }, reach);
  if (isIpv6(address)) return verdict([["EPSV", extended]]);
  const older = await probe(await client.quote("PASV", { signal }), (text) => {
    const target = parsePassiveReply(text);
    if (!target.ok) return undefined;
    const isElsewhere = target.value.address !== normaliseAddress(address);
    return { port: target.value.port, ...(isElsewhere && { elsewhere: target.value.address }) };
  }, reach);
  return verdict([["EPSV", extended], ["PASV", older]]);
}

async function probe(
  reply: Reply,
  read: (text: string) => { readonly port: number; readonly elsewhere?: string } | undefined,
  reach: (port: number) => Promise<string | undefined>,
): Promise<Probe> {
  const named = reply.code < 300 ? read(reply.lines.join(" ")) : undefined;
  if (named === undefined) return { kind: "refused", reply: formatRefusal(reply) };
  const why = await reach(named.port);
  return why === undefined ? { kind: "open", ...named } : { kind: "closed", port: named.port, why };
}

/** Why the port cannot be reached; `undefined` when it can. */
async function probePort(
  address: string,
  port: number,
  limits: ClientLimits,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    (await connectTcp(address, port, limits.dataConnectMs, [signal])).close();
    return undefined;
  } catch (error) {
    if (!isFault(error, "no-data-connection")) throw error;
    return error.cause instanceof Broken ? error.cause.happened : "connection refused";
  }
}

function verdict(probes: readonly (readonly [command: string, probe: Probe])[]): Finding {
  const told = probes.map(([command, probe]) => `${command}: ${textOf(probe)}`).join("; ");
  const facts = Object.fromEntries(
    probes.map(([command, { kind }]) => [command.toLowerCase(), kind] as const),
  );
  const isOpen = probes.some(([, { kind }]) => kind === "open");
  const isClosed = probes.some(([, { kind }]) => kind === "closed");
  const elsewhere = probes.find(([, probe]) => probe.kind === "open" && probe.elsewhere)?.[1];
  if (!isOpen) {
    return fails(ExitCode.noConnection, told, isClosed ? CLOSED_CURE : REFUSED_CURE, facts);
  }
  if (isClosed) return limited(told, CLOSED_CURE, facts);
  if (elsewhere !== undefined) return limited(told, ELSEWHERE_CURE, facts);
  return works(told, facts);
}

function textOf(probe: Probe): string {
  switch (probe.kind) {
    case "open":
      return probe.elsewhere === undefined
        ? `port ${probe.port} answers`
        : `port ${probe.port} answers, and the reply names ${probe.elsewhere}`;
    case "closed":
      return `port ${probe.port}: ${probe.why}`;
    case "refused":
      return probe.reply;
  }
}

const CLOSED_CURE =
  "let the server's passive ports through the firewall in front of it (a range that the server is told), or try --active";
const REFUSED_CURE = "the server allows no passive mode: try --active";
const ELSEWHERE_CURE =
  "tell the server its public address: clients that believe the reply connect to another machine";
