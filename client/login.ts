// USER and PASS, then what a session needs before its first transfer: protection of data, features, UTF-8, TYPE I.

import { isLoopback } from "../shared/endpoint.ts";
import type { Secret } from "../shared/secret.ts";
import type { SessionKnowledge, TlsMode } from "./client.ts";
import type { Exchange } from "./exchange.ts";
import type { RequestOptions } from "./conversation.ts";
import { LoginRefused, Refused, Unprotected } from "./failure.ts";
import { parseFeatures } from "./features.ts";
import type { Peer } from "./peer.ts";

/** Who logs in, and how the connection is protected. */
export interface LoginOptions {
  readonly user: string;
  readonly password: Secret;
  readonly tls: TlsMode;
  readonly signal?: AbortSignal | undefined;
}

/** Names whose password is a courtesy (RFC 1635). */
const ANONYMOUS: ReadonlySet<string> = new Set(["anonymous", "ftp"]);

/** @throws LoginRefused, Unprotected, Broken, Fault `aborted` */
export async function logIn(peer: Peer, options: LoginOptions): Promise<void> {
  const { conversation } = peer;
  const { user, password, signal } = options;
  demandProtection(peer, options);
  try {
    const accept = ["completion", "intermediate"] as const;
    const named = await conversation.request(`USER ${user}`, { accept, signal });
    if (named.code !== 331) {
      // 230: no password is wanted. 332 and the like ask for what we do not have.
      if (named.code >= 300) throw new LoginRefused(user, named);
      return;
    }
    await conversation.request(`PASS ${password.reveal()}`, { signal });
  } catch (error) {
    throw error instanceof Refused ? new LoginRefused(user, error.reply) : error;
  }
}

/** SECURITY: whoever sits between can strip AUTH TLS; then the password stays here. */
function demandProtection({ conversation }: Peer, { user, tls }: LoginOptions): void {
  const { secure, remote } = conversation.stream;
  const isSafe = secure || tls === "off" || isLoopback(remote.address);
  if (!isSafe && !ANONYMOUS.has(user.toLowerCase())) throw new Unprotected("password-in-clear");
}

/**
 * A server that loses what came before it had looked at the password answers none of it; it is given up so soon,
 * milliseconds. Password checks that are slow on purpose take some seconds.
 */
const TOGETHER_MS = 20_000;

/**
 * Logs in and prepares the session in one round trip, as another session of this user did in several before.
 *
 * SECURITY: nothing of this is sent before TLS is established and the certificate accepted; AUTH goes alone.
 *
 * @returns whether data connections are protected now.
 * @throws LoginRefused, Unprotected, Broken, Refused (the folder), Fault `aborted`
 */
export async function logInAgain(
  peer: Peer,
  options: LoginOptions,
  { features, folder }: SessionKnowledge,
): Promise<boolean> {
  const { conversation } = peer;
  const { user, password, signal } = options;
  demandProtection(peer, options);
  const limits = { signal, limitMs: Math.min(TOGETHER_MS, peer.limits.replyMs) };
  const naming = conversation.send(`USER ${user}`);
  const admission = conversation.send(`PASS ${password.reveal()}`);
  const protection = sendProtection(peer);
  const type = conversation.send("TYPE I");
  if (features.utf8) conversation.tell("OPTS UTF8 ON");
  const entering = folder === undefined ? undefined : conversation.send(`CWD ${folder}`);
  const named = await conversation.final(naming, limits);
  const admitted = await conversation.final(admission, limits);
  if (named.code >= 300 && named.code !== 331) throw new LoginRefused(user, named);
  // 230 at once: no password was wanted, and what is said about it does not count.
  if (named.code === 331 && admitted.code >= 300) throw new LoginRefused(user, admitted);
  const isProtected = await hearProtection(peer, protection, limits);
  peer.image = (await conversation.final(type, limits)).code < 300;
  if (entering !== undefined) await conversation.finish(entering, limits);
  peer.features = features;
  return isProtected;
}

/** PBSZ and PROT P, where there is TLS. @returns the exchange that settles it */
function sendProtection({ conversation }: Peer): Exchange | undefined {
  if (!conversation.stream.secure) return undefined;
  conversation.send("PBSZ 0");
  return conversation.send("PROT P");
}

/** @returns whether data connections are protected now. */
async function hearProtection(
  { conversation }: Peer,
  protection: Exchange | undefined,
  limits: RequestOptions,
): Promise<boolean> {
  return protection !== undefined && (await conversation.final(protection, limits)).code < 300;
}

/**
 * Protects the data connections and learns what the server can do, in one round trip.
 *
 * @returns whether data connections are protected now.
 */
export async function prepareSession(peer: Peer, signal?: AbortSignal): Promise<boolean> {
  const { conversation } = peer;
  const protection = sendProtection(peer);
  const features = conversation.send("FEAT");
  const type = conversation.send("TYPE I");
  const isProtected = await hearProtection(peer, protection, { signal });
  peer.features = parseFeatures(await conversation.final(features, { signal }));
  peer.image = (await conversation.final(type, { signal })).code < 300;
  // Some servers speak UTF-8 only when told to; ours and most others always do.
  if (peer.features.utf8) conversation.tell("OPTS UTF8 ON");
  return isProtected;
}
