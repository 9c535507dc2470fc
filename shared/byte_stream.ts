// A two-way stream of bytes between two machines, whatever carries it: TCP or TLS.

import type { Endpoint } from "./endpoint.ts";

/** Something bytes can be read from. */
export interface ByteSource {
  /**
   * Reads at least one byte into the start of `into`.
   *
   * @returns how many bytes, or `null` at the clean end.
   */
  read(into: Uint8Array): Promise<number | null>;
}

/** Something bytes can be written to. */
export interface ByteSink {
  /** Takes all of `bytes`; they may be reused by the caller once it resolves. */
  write(bytes: Uint8Array): Promise<void>;
}

/**
 * A connection. `read` rejects with a `truncated` fault when the peer vanished (RST, or TLS without
 * close_notify); both reject with an `aborted` fault when `close` was called meanwhile.
 */
export interface ByteStream extends ByteSource, ByteSink, Disposable {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Whether TLS protects the bytes. */
  readonly secure: boolean;
  /** Nothing more will be written: TLS close_notify where there is TLS, then TCP FIN. */
  finish(): Promise<void>;
  /** Ends both directions at once; pending reads and writes reject. Safe to call twice. */
  close(): void;
}
