// What storage, accounts and channels throw when the world says no: a kind and its data.

/** Every way in which a request may fail that is not a bug of ours. */
export type FaultKind =
  /** The path does not exist (or is hidden from this session). */
  | "not-found"
  /** A directory was needed and something else is there. */
  | "not-a-directory"
  /** A file was needed and a directory is there. */
  | "is-a-directory"
  /** Something is there already. */
  | "exists"
  /** The directory still has entries. */
  | "not-empty"
  /** Policy, account or the host's file system forbids it. */
  | "denied"
  /** The name cannot be stored here (too long, reserved, unspeakable). */
  | "bad-name"
  /** The host's disk is full or below its floor. */
  | "no-space"
  /** The account's quota has no room. */
  | "over-quota"
  /** More entries than one request may go through; it went as far as that. */
  | "too-many"
  /** A restart offset beyond what is there. */
  | "bad-restart"
  /** This storage cannot do that at all. */
  | "unsupported"
  /** Something else is using it right now; the same request may work later. */
  | "busy"
  /** No data connection could be made: refused, timed out, or nothing was arranged. */
  | "no-data-connection"
  /** The TLS handshake failed or did not meet the policy. */
  | "tls-failed"
  /** A data connection did not resume the control connection's TLS session, as policy demands. */
  | "tls-not-resumed"
  /** The peer vanished in mid-stream: RST, or TLS without close_notify. */
  | "truncated"
  /** We stopped on request (ABOR) or because the session ends. */
  | "aborted"
  /** Nothing moved for longer than a limit allows. */
  | "timed-out"
  /** A listing would look at more names than it may. */
  | "too-many-names"
  /** An account, address or the whole server is over one of its limits. */
  | "limit-reached"
  /** The host failed in a way the peer cannot mend (I/O error, store locked). */
  | "host-failure";

/** Options of a {@linkcode Fault}: what it is about and what caused it. */
export interface FaultData {
  /** The offending value in the peer's own terms (a virtual path, a name): safe to show a peer. */
  readonly about?: string;
  /** The underlying error: for the log only, never for a peer. */
  readonly cause?: unknown;
}

/** The one error of the lower layers; `server/fault_reply.ts` maps its kind to a reply code. */
export class Fault extends Error {
  override readonly name = "Fault";
  /** Which of the known failures this is. */
  readonly kind: FaultKind;
  /** The offending value, safe to show a peer. */
  readonly about: string | undefined;

  constructor(kind: FaultKind, data: FaultData = {}) {
    super(data.about === undefined ? kind : `${kind}: "${data.about}"`, { cause: data.cause });
    this.kind = kind;
    this.about = data.about;
  }
}

/** Whether `error` is a {@linkcode Fault}, of `kind` where one is named. */
export function isFault(error: unknown, kind?: FaultKind): error is Fault {
  return error instanceof Fault && (kind === undefined || error.kind === kind);
}
