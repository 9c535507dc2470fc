// The way to a server, before anybody logs in: its name, its addresses, its greeting, its certificate.

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { within } from "../../shared/deadline.ts";
import { type CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { isFault } from "../../shared/fault.ts";
import type { Client } from "../client.ts";
import type { ClientLimits } from "../client_limits.ts";
import type { Destination } from "../destination.ts";
import { connectTcp } from "../dial.ts";
import { Broken, formatRefusal, NotTrusted } from "../failure.ts";
import type { Certificate } from "../trust.ts";
import { fails, failureFinding, type Finding, limited, skipped, works } from "./finding.ts";

/** Of a name with more addresses the first ones are tried: nobody reads on. */
const ADDRESSES_LIMIT = 8;

/** A certificate that ends sooner wants to be renewed now. */
const EXPIRY_NOTICE_DAYS = 21;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The addresses of a host, and how they were found. */
export async function lookUp(
  host: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<{ readonly finding: Finding; readonly addresses: readonly string[] }> {
  if (isIP(host.replace(/%.*$/, "")) !== 0) {
    return { finding: skipped(`${host} is an address`), addresses: [host] };
  }
  try {
    const answers = await within(lookup(host, { all: true }), { limitMs, signal });
    const addresses = [...new Set(answers.map(({ address }) => address))].slice(0, ADDRESSES_LIMIT);
    const found = `${host} is ${addresses.join(", ")}`;
    return { finding: works(found, { addresses: addresses.join(" ") }), addresses };
  } catch (error) {
    if (isFault(error, "aborted")) throw error;
    const why = isFault(error, "timed-out")
      ? `no answer within ${limitMs / 1000} s`
      : "no such host";
    const cure = "is the name spelled right, and does this machine's DNS work?";
    return { finding: fails(ExitCode.noConnection, `${host}: ${why}`, cure), addresses: [] };
  }
}

/** Dials every address once. @returns those that answered, in the order of the lookup */
export async function dialAll(
  addresses: readonly string[],
  port: number,
  limits: ClientLimits,
  signal: AbortSignal,
): Promise<{ readonly finding: Finding; readonly reached: readonly string[] }> {
  const tries = await Promise.all(addresses.map(async (address) => {
    const startedMs = performance.now();
    try {
      (await connectTcp(address, port, limits.connectMs, [signal])).close();
      return { address, elapsedMs: performance.now() - startedMs };
    } catch (error) {
      if (!isFault(error, "no-data-connection")) throw error;
      return { address, failure: error.cause };
    }
  }));
  const told = tries.map(({ address, elapsedMs, failure }) =>
    elapsedMs === undefined
      ? `${address}: ${dialFailure(failure)}`
      : `${address} answers in ${elapsedMs.toFixed(1)} ms`
  ).join("; ");
  const reached = tries.filter(({ failure }) => failure === undefined);
  const lost = tries.filter(({ failure }) => failure !== undefined);
  const facts = { reached: reached.map(({ address }) => address).join(" "), port };
  const finding = lost.length === 0
    ? works(told, facts)
    : reached.length > 0
    ? limited(told, lostAddressCure(lost.map(({ address }) => address)), facts)
    : fails(ExitCode.noConnection, told, unreachableCure(lost[0]?.failure, port), facts);
  return { finding, reached: reached.map(({ address }) => address) };
}

function dialFailure(cause: unknown): string {
  if (cause instanceof Broken) return cause.happened;
  return cause instanceof Deno.errors.ConnectionRefused ? "connection refused" : "not reachable";
}

function lostAddressCure(addresses: readonly string[]): string {
  const these = addresses.join(" and ");
  return `let the server listen on ${these}, or take ${
    addresses.length === 1 ? "it" : "them"
  } out of the DNS: clients that try it first wait or give up`;
}

function unreachableCure(cause: unknown, port: number): string {
  if (cause instanceof Broken) {
    return `a firewall on the way drops what is for port ${port}: let it through`;
  }
  return port === 21
    ? 'start the server, or name its port: "ftp serve" listens on 2121 (-P 2121)'
    : "start the server, or name the port it listens on (-P N)";
}

/** What a server says first. */
export function greetingFinding({ greeting }: Pick<Client, "greeting">): Finding {
  return works(formatRefusal(greeting), { greeting: greeting.lines.join("\n") });
}

/** Why it said nothing of the kind. */
export function noGreetingFinding(failure: CommandFailure, port: number): Finding {
  const { cause } = failure;
  if (cause instanceof Broken && cause.reply !== undefined) {
    return failureFinding(failure, "try later, or raise the server's limits of connections");
  }
  if (cause instanceof Broken && cause.reason === "timed-out") {
    return failureFinding(
      failure,
      `a port that speaks TLS from the first byte waits for the client: ftps://HOST:${port} is its address`,
    );
  }
  return failureFinding(failure, "is that the port of an FTP server?");
}

/** How a connection that was made is protected. */
export function protectionFinding(client: Client, place: Destination, nowMs: number): Finding {
  const { certificate, tlsVersion } = client;
  if (place.tls === "off") return skipped("--tls off was said");
  if (certificate === undefined) {
    const cure = "switch TLS on at the server: passwords and files travel in clear without it";
    return limited("the server does not offer TLS", cure);
  }
  const facts = { version: tlsVersion ?? null, ...certificateFacts(certificate) };
  const told = `${tlsVersion ?? "TLS"}, ${certificateText(certificate, nowMs)}`;
  const ended = expiryCure(certificate, nowMs);
  if (ended === undefined) return works(told, facts);
  return isOver(certificate, nowMs)
    ? fails(ExitCode.notTrusted, told, ended, facts)
    : limited(told, ended, facts);
}

/** Why no protected connection came about. */
export function noProtectionFinding(
  failure: CommandFailure,
  place: Destination,
  nowMs: number,
): Finding {
  const { cause } = failure;
  if (cause instanceof NotTrusted) {
    const { certificate } = cause;
    const told = `${failure.happened}: ${certificateText(certificate, nowMs)}`;
    const cure = expiryCure(certificate, nowMs) ?? failure.hint;
    return fails(failure.exitCode, told, cure, certificateFacts(certificate));
  }
  if (!(cause instanceof Broken) || cause.reason !== "tls") return failureFinding(failure);
  return failureFinding(
    failure,
    place.tls === "implicit"
      ? "if the port greets in clear, write ftp:// or ftpes:// instead of ftps://"
      : "the server needs TLS 1.2 or newer, and a certificate with its key",
  );
}

function certificateFacts(certificate: Certificate) {
  const { fingerprint, name, issuer, expiresMs, signedForHost } = certificate;
  return {
    certificate: fingerprint,
    subject: name,
    issuer,
    expires: expiresMs === undefined ? null : new Date(expiresMs).toISOString().slice(0, 10),
    signed_for_host: signedForHost,
  };
}

function certificateText({ name, issuer, expiresMs }: Certificate, nowMs: number): string {
  const by = issuer === name ? "by itself" : `by "${issuer}"`;
  const until = expiresMs === undefined
    ? ""
    : `, ${expiresMs < nowMs ? "expired on" : "until"} ${
      new Date(expiresMs).toISOString().slice(0, 10)
    }`;
  return `certificate "${name}" signed ${by}${until}`;
}

function isOver({ expiresMs }: Certificate, nowMs: number): boolean {
  return expiresMs !== undefined && expiresMs < nowMs;
}

function expiryCure(certificate: Certificate, nowMs: number): string | undefined {
  if (isOver(certificate, nowMs)) return "renew the server's certificate: it has expired";
  const leftDays = Math.floor(((certificate.expiresMs ?? Infinity) - nowMs) / DAY_MS);
  return leftDays < EXPIRY_NOTICE_DAYS
    ? `renew the server's certificate: it expires in ${leftDays} ${leftDays === 1 ? "day" : "days"}`
    : undefined;
}
