// Data connections under TLS: the control connection's session resumed, or the runtime's faster TLS where it does.

import type { ByteStream } from "../shared/byte_stream.ts";
import { plainStream } from "../shared/plain_stream.ts";
import { clientTls, type ClientTlsStream } from "./client_tls.ts";
import { DataFailed, NotTrusted, Refused } from "./failure.ts";
import { nativeTls, type NativeTrust } from "./native_tls.ts";

/** How data connections are protected: by the control connection's own TLS session, resumed. */
export interface DataProtection {
  readonly host: string;
  readonly control: ClientTlsStream;
  readonly authorities: readonly string[] | undefined;
  /** Whether another certificate than the control connection's is refused. */
  readonly sameCertificate: boolean;
  /** How the runtime's own, faster TLS can check the same; `undefined` where it cannot. */
  readonly native: NativeTrust | undefined;
}

/** What a data connection is for. */
export interface DataUse {
  /** Whether the exchange can be done again, see {@linkcode DataProtector.mayTryAgain}. */
  readonly mayFail: boolean;
  /** How many bytes will travel; 0 where that is not known. */
  readonly expectedBytes: number;
}

/** From here on faster bytes make up for a handshake that resumes nothing, measured with our server. */
const NATIVE_WORTH_BYTES = 4 * 1024 * 1024;

/** Replies that a server gives to a data connection it does not like, not to what was to travel. */
const CONNECTION_CODES: ReadonlySet<number> = new Set([425, 426, 521, 522, 534, 535]);

/** Protects the data connections of one session, and learns what its server accepts. */
export class DataProtector {
  readonly #protection: DataProtection;
  readonly #limitMs: number;
  /** Whether data connections that resume no TLS session are known to work here. */
  #native: "unknown" | "on-trial" | "works" | "refused" = "unknown";

  /** @param limitMs how long a handshake may take. */
  constructor(protection: DataProtection, limitMs: number) {
    this.#protection = protection;
    this.#limitMs = limitMs;
  }

  /** An exchange came to its end, or its first bytes. */
  confirm(): void {
    if (this.#native === "on-trial") this.#native = "works";
  }

  /**
   * Whether a failure may be that of a TLS session that was not resumed, which some servers demand (vsftpd 522,
   * ProFTPD 425), or of a certificate that only node:tls can judge. If so, the next data connection
   * resumes the control connection's session.
   */
  mayTryAgain(error: unknown): boolean {
    if (this.#native !== "on-trial") return false;
    const isOfConnection = error instanceof DataFailed ||
      (error instanceof Refused && CONNECTION_CODES.has(error.reply.code));
    this.#native = isOfConnection ? "refused" : "unknown";
    return isOfConnection;
  }

  /** @throws Fault `tls-failed`, `truncated`, `timed-out`, `aborted`; NotTrusted */
  async secure(conn: Deno.TcpConn, signal: AbortSignal, use: DataUse): Promise<ByteStream> {
    const limitMs = this.#limitMs;
    const { host, control, authorities, sameCertificate, native } = this.#protection;
    if (native !== undefined && this.#speaksNatively(use)) {
      if (this.#native === "unknown") this.#native = "on-trial";
      return await nativeTls(conn, native, { limitMs, signal });
    }
    const session = control.session;
    const stream = await clientTls(plainStream(conn), {
      host,
      limitMs,
      signal,
      ...(authorities && { authorities }),
      ...(session && { session }),
      // A newer version would resume nothing.
      isOlder: control.version === "TLSv1.2",
    });
    // SECURITY: whoever reaches the data port first must not be taken for the server (RFC 4217, 10).
    const expected = control.certificate.fingerprint;
    if (sameCertificate && stream.certificate.fingerprint !== expected) {
      stream.close();
      throw new NotTrusted("other-on-data", stream.certificate, expected);
    }
    return stream;
  }

  #speaksNatively({ mayFail, expectedBytes }: DataUse): boolean {
    if (expectedBytes < NATIVE_WORTH_BYTES || this.#native === "refused") return false;
    return mayFail || this.#native === "works";
  }
}
