// USER and PASS, then what a session needs before its first transfer: protection of data, features, UTF-8.

import { isLoopback } from "../shared/endpoint.ts";
import type { Secret } from "../shared/secret.ts";
import type { TlsMode } from "./client.ts";
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
  const { secure, remote } = conversation.stream;
  // SECURITY: whoever sits between can strip AUTH TLS; then the password stays here.
  if (
    !secure && options.tls !== "off" && !isLoopback(remote.address) &&
    !ANONYMOUS.has(user.toLowerCase())
  ) throw new Unprotected("password-in-clear");
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

/**
 * Protects the data connections and learns what the server can do, in one round trip.
 *
 * @returns whether data connections are protected now.
 */
export async function prepareSession(peer: Peer, signal?: AbortSignal): Promise<boolean> {
  const { conversation } = peer;
  const { secure } = conversation.stream;
  const protection = secure
    ? [conversation.send("PBSZ 0"), conversation.send("PROT P")].at(-1)
    : undefined;
  const features = conversation.send("FEAT");
  const isProtected = protection !== undefined &&
    (await conversation.final(protection, { signal })).code < 300;
  peer.features = parseFeatures(await conversation.final(features, { signal }));
  // Some servers speak UTF-8 only when told to; ours and most others always do.
  if (peer.features.utf8) conversation.send("OPTS UTF8 ON");
  return isProtected;
}
