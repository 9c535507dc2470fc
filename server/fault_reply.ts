// What went wrong becomes a number: the one table from kinds of failure to reply codes.

import { type Fault, type FaultKind, isFault } from "../shared/fault.ts";
import { type Reply, reply } from "../shared/reply.ts";

/** 4xx: the same request may work later; 5xx: it will not (RFC 959, 4.2.1). */
const REPLIES = {
  "not-found": [550, "No such file or directory"],
  "not-a-directory": [550, "Not a directory"],
  "is-a-directory": [550, "Is a directory, a file was expected"],
  "exists": [550, "Exists already"],
  "not-empty": [550, "Directory not empty"],
  "denied": [550, "Not allowed"],
  "bad-name": [553, "This name cannot be stored here"],
  "no-space": [452, "No space left on this server"],
  "over-quota": [552, "Over quota"],
  "bad-restart": [554, "The restart offset is beyond the end"],
  "unsupported": [504, "Not possible on this server"],
  "busy": [450, "In use right now, try again later"],
  "too-many": [450, "More names than one request may take; this was done in part"],
  "no-data-connection": [
    425,
    "No data connection: send EPSV, PASV, EPRT or PORT and connect in time",
  ],
  "tls-failed": [425, "No data connection: the TLS handshake failed"],
  "tls-not-resumed": [522, "Data connections must resume the control connection's TLS session"],
  "truncated": [426, "The data connection broke; transfer incomplete"],
  "aborted": [426, "Transfer aborted"],
  "timed-out": [426, "Nothing moved for too long; transfer given up"],
  "too-many-names": [451, "More names than one listing may tell"],
  "limit-reached": [421, "Too many requests from here, try again later"],
  "host-failure": [451, "This server failed to do it; its operator can see why"],
} as const satisfies Record<FaultKind, readonly [code: number, text: string]>;

/** The reply to a known failure; what it is about is quoted, its cause is not told. */
export function faultReply(fault: Fault): Reply {
  const [code, text] = REPLIES[fault.kind];
  return reply(code, fault.about === undefined ? `${text}.` : `${text}: "${fault.about}".`);
}

/** A failure as the log and the peer are told of it. */
export interface Explained {
  readonly reply: Reply;
  /** A mistake of ours rather than of the world: the session ends with it. */
  readonly isBug: boolean;
  /** For the log only. */
  readonly detail: string | undefined;
}

/** Explains anything thrown: a {@linkcode Fault} by the table, everything else as a bug of ours. */
export function explain(error: unknown): Explained {
  if (isFault(error)) {
    const detail = error.cause === undefined ? undefined : String(error.cause);
    return { reply: faultReply(error), isBug: false, detail };
  }
  // SECURITY: a peer learns nothing from our mistakes; stack and message are the operator's.
  const detail = error instanceof Error ? error.stack ?? error.message : String(error);
  return { reply: reply(451, "Something is wrong with this server."), isBug: true, detail };
}
