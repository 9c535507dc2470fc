// What is known about a server once one is connected: its features, its state, what it turned out to lack.

import type { HashAlgorithm } from "../shared/hash.ts";
import type { Reply } from "../shared/reply.ts";
import type { ClientLimits } from "./client_limits.ts";
import type { Conversation, RequestOptions } from "./conversation.ts";
import type { DataConnections } from "./data_connection.ts";
import { Refused } from "./failure.ts";
import type { Features } from "./features.ts";
import type { OperationOrder } from "./operation_order.ts";
import type { ServerHabits } from "./server_habits.ts";

/** One server, as every verb of the client needs it. */
export interface Peer {
  readonly conversation: Conversation;
  readonly data: DataConnections;
  readonly limits: ClientLimits;
  features: Features;
  habits: ServerHabits;
  readonly order: OperationOrder;
  /** Whether TYPE I is in force, so that it is said once. */
  image: boolean;
  /** What HASH computes in this session; `undefined` until it was said. */
  hashAlgorithm: HashAlgorithm | undefined;
  /** Verbs that were answered 500 or 502; they are not tried again. */
  readonly unknownVerbs: Set<string>;
}

/**
 * Asks something the server may not know: the absence of a feature is no failure.
 *
 * @returns `undefined` where the verb is unknown to it.
 * @throws Refused for every other refusal
 */
export async function ask(
  peer: Peer,
  verb: string,
  argument: string | undefined,
  options: RequestOptions = {},
): Promise<Reply | undefined> {
  if (peer.unknownVerbs.has(verb)) return undefined;
  try {
    const line = argument === undefined ? verb : `${verb} ${argument}`;
    return await peer.conversation.request(line, options);
  } catch (error) {
    if (!(error instanceof Refused) || !meansUnknown(error.reply)) throw error;
    peer.unknownVerbs.add(verb);
    return undefined;
  }
}

/** Whether a refusal is of the verb, not of its argument (RFC 959, 4.2.1). */
export function meansUnknown(answer: Reply): boolean {
  return answer.code === 500 || answer.code === 502;
}

/** Makes bytes travel as they are (TYPE I); said once a session. */
export async function useImageType(peer: Peer, signal: AbortSignal | undefined): Promise<void> {
  if (peer.image) return;
  await peer.conversation.request("TYPE I", { signal });
  peer.image = true;
}

/** Makes line ends travel as CRLF (TYPE A), for the transfer that follows. */
export async function useAsciiType(peer: Peer, signal: AbortSignal | undefined): Promise<void> {
  peer.image = false;
  await peer.conversation.request("TYPE A", { signal });
}

/** What a server reads a file with at least, bytes a millisecond: it bounds the wait for a digest or a flush. */
const SLOW_DISK_BYTES_PER_MS = 20_000;

/** How long a reply may take for which the server must work through `bytes` first, milliseconds. */
export function patienceFor(peer: Peer, bytes: number | undefined): number {
  return peer.limits.replyMs + Math.ceil((bytes ?? 0) / SLOW_DISK_BYTES_PER_MS);
}
