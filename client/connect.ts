// From an address to a connection one can log in on: TCP, greeting, TLS.

import { isFault } from "../shared/fault.ts";
import { plainStream } from "../shared/plain_stream.ts";
import type { Client, ConnectOptions } from "./client.ts";
import { type ClientLimits, DEFAULT_LIMITS } from "./client_limits.ts";
import { clientTls, type ClientTlsStream } from "./client_tls.ts";
import { ConnectedClient } from "./connected_client.ts";
import { Conversation } from "./conversation.ts";
import { connectTcp } from "./dial.ts";
import { Broken, Refused, Unprotected } from "./failure.ts";
import { demandsOwnSession } from "./session_demand.ts";
import { confirmTrust } from "./trust_check.ts";

/**
 * Connects and protects the control connection as asked; nobody is logged in yet.
 *
 * @throws Broken, NotTrusted, Unprotected (`required`, and not offered), Refused (a greeting other than 220),
 * Fault `aborted`
 */
export async function connect(options: ConnectOptions): Promise<Client> {
  const limits: ClientLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const signals = options.signal ? [options.signal] : [];
  const conn = await dial(options, limits, signals);
  const plain = plainStream(conn);
  let tls: ClientTlsStream | undefined;
  const secure = async (below: typeof plain, isOlder = false) => {
    tls = await handshake(below, options, limits, isOlder);
    return tls;
  };
  try {
    const first = options.tls === "implicit" ? await secure(plain) : plain;
    const conversation = new Conversation(first, {
      replyMs: limits.replyMs,
      dialogue: options.dialogue,
    });
    const greeting = await conversation.greeting(limits.connectMs, options.signal);
    if (options.tls === "auto" || options.tls === "required") {
      if (await offersTls(conversation, options.signal)) {
        const isOlder = demandsOwnSession(greeting);
        await conversation.upgrade((below) => secure(below, isOlder));
      } else if (options.tls === "required") throw new Unprotected("tls-not-offered");
    }
    return new ConnectedClient({ options, limits, conversation, greeting, tls });
  } catch (error) {
    plain.close();
    throw isFault(error, "aborted") ? error : brokenOr(error);
  }
}

async function dial(
  { host, via = host, port }: ConnectOptions,
  limits: ClientLimits,
  signals: readonly AbortSignal[],
): Promise<Deno.TcpConn> {
  try {
    const conn = await connectTcp(via, port, limits.connectMs, signals);
    // A server that vanished without a word is noticed, if late, even while nothing is asked.
    conn.setKeepAlive(true);
    return conn;
  } catch (error) {
    if (!isFault(error, "no-data-connection")) throw error;
    if (error.cause instanceof Broken) throw error.cause;
    throw new Broken("unreachable", unreachable(error.cause), { cause: error.cause });
  }
}

function unreachable(cause: unknown): string {
  if (cause instanceof Deno.errors.ConnectionRefused) return "connection refused";
  const text = cause instanceof Error ? cause.message : "";
  return /lookup|resolve|name/i.test(text) ? "no such host" : "not reachable";
}

/** RFC 4217, 4: 234 says yes; anything else that is not a failure of the connection says no. */
async function offersTls(conversation: Conversation, signal?: AbortSignal): Promise<boolean> {
  try {
    return (await conversation.request("AUTH TLS", { signal })).code === 234;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

async function handshake(
  below: ReturnType<typeof plainStream>,
  options: ConnectOptions,
  limits: ClientLimits,
  isOlder: boolean,
): Promise<ClientTlsStream> {
  const { host, port, trust, signal } = options;
  const stream = await clientTls(below, {
    host,
    isOlder,
    limitMs: limits.handshakeMs,
    ...(trust.kind === "authority" && { authorities: trust.authorities }),
    ...(signal && { signal }),
  });
  try {
    await confirmTrust(trust, { host, port, certificate: stream.certificate });
    return stream;
  } catch (error) {
    stream.close();
    throw error;
  }
}

/** Faults of the streams below, in the client's own words. */
function brokenOr(error: unknown): unknown {
  if (isFault(error, "timed-out")) {
    return new Broken("timed-out", "the TLS handshake took too long");
  }
  if (isFault(error, "tls-failed")) {
    return new Broken("tls", "the TLS handshake failed", { cause: error });
  }
  return isFault(error, "truncated")
    ? new Broken("lost", "the server closed the connection", { cause: error })
    : error;
}
