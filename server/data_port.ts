// How a session gets its data connections: at most one arranged at a time, passive or active.

import type { ByteStream } from "../shared/byte_stream.ts";
import type { Endpoint } from "../shared/endpoint.ts";
import type { Alarm } from "../shared/alarm.ts";

/** What a data connection is for. */
export interface DataUse {
  /** Whether TLS protects it; we are the TLS server in both modes (RFC 4217, 7). */
  readonly secure: boolean;
  /** Whether we send and the peer receives, or the other way round. */
  readonly sends: boolean;
}

/** The data side of one session. Arranging anew forgets what was arranged before. */
export interface DataPort {
  /**
   * Opens a listener on the control connection's own local address. A connection that arrives before
   * `open` is kept for it.
   *
   * @returns the port it listens on.
   * @throws Fault `no-data-connection` when no port of the range is free, `aborted` after `close`.
   */
  listen(): Promise<number>;
  /**
   * Remembers where to connect to.
   *
   * @throws Fault `denied` for an address other than the peer's or a port below 1024; then nothing is
   * arranged any more (the FTP bounce attack, RFC 2577, 3).
   */
  aim(target: Endpoint): void;
  /** Drops what was arranged. */
  forget(): void;
  /** Whether a data connection was arranged. */
  readonly arranged: boolean;
  /**
   * Makes the connection that was arranged; it is used up. A connection from another address than
   * the peer's is dropped and the waiting goes on. To be called after the 150 has left: clients begin
   * the TLS handshake only then.
   *
   * The caller ends it with `finish()`, in both directions: a peer that uploads over TLS waits for our
   * close_notify.
   *
   * @throws Fault `no-data-connection` (nothing arranged, refused, not in time), `tls-failed`, `aborted`
   */
  open(use: DataUse, signal: AbortSignal): Promise<ByteStream>;
  /** For whoever moves bytes over it: bounds a transfer's waits, one after the other. */
  readonly alarm: Alarm;
  /** Releases everything at the end of the session. */
  close(): void;
}
