// How long a client waits for what, and how much of it it takes.

/** How long a client waits, milliseconds, and how much it takes. */
export interface ClientLimits {
  /** TCP connect and greeting. */
  readonly connectMs: number;
  /** A TLS handshake. */
  readonly handshakeMs: number;
  /** A reply; for those that a server must read or flush a file for, time in proportion is added. */
  readonly replyMs: number;
  /** A data connection to come about. */
  readonly dataConnectMs: number;
  /** How long a transfer may stand still. */
  readonly stalledMs: number;
  /** While a transfer runs the control connection is used so often. */
  readonly keepAliveMs: number;
  /** The longest listing, bytes. */
  readonly listingBytes: number;
  /** The longest file of which the server does not tell the size, bytes: more than a disk holds. */
  readonly untoldBytes: number;
}

/** Limits that suit people: nobody waits longer than a minute for nothing. */
export const DEFAULT_LIMITS: ClientLimits = {
  connectMs: 15_000,
  handshakeMs: 15_000,
  replyMs: 60_000,
  dataConnectMs: 15_000,
  stalledMs: 60_000,
  // Routers forget a connection that was silent for some minutes.
  keepAliveMs: 60_000,
  // Four million names, far more than any folder that works has.
  listingBytes: 256 * 1024 * 1024,
  untoldBytes: 1024 ** 4,
};
