// TLS as the server speaks it: control connections upgraded by AUTH, listeners for data connections.

import type { ByteStream } from "../shared/byte_stream.ts";
import { Fault } from "../shared/fault.ts";

/** A certificate and its private key. */
export interface TlsIdentity {
  /** PEM, the own certificate first, then those that vouch for it. */
  readonly certificatePem: string;
  /** PEM (PKCS #8, SEC 1 or PKCS #1), not encrypted. */
  readonly keyPem: string;
}

/** How long a handshake may take, and what ends it early. */
export interface HandshakeOptions {
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** The TLS side of one worker. */
export class ServerTls implements Disposable {
  #identity: TlsIdentity;

  constructor(identity: TlsIdentity) {
    this.#identity = identity;
  }

  /** `sha256:HEX` of the certificate's DER. */
  get fingerprint(): string {
    return this.#identity.certificatePem;
  }

  /** New connections get this identity from now on (SIGHUP). */
  replace(identity: TlsIdentity): void {
    this.#identity = identity;
  }

  /**
   * Handshakes over a connection whose peer has been told to start; owns it from then on.
   *
   * @throws Fault `tls-failed` (refused, malformed, not in time), `aborted`
   */
  upgrade(_conn: Deno.TcpConn, _options: HandshakeOptions): Promise<ByteStream> {
    return Promise.reject(new Fault("tls-failed"));
  }

  /** A listener whose connections speak TLS with this identity; the caller closes it. */
  listen(address: { hostname: string; port: number }): Deno.TlsListener {
    return Deno.listenTls({
      ...address,
      cert: this.#identity.certificatePem,
      key: this.#identity.keyPem,
    });
  }

  [Symbol.dispose](): void {}
}
