// TLS as the runtime speaks it itself: three times as fast as node:tls, where it can check who is there.

import { X509Certificate } from "node:crypto";
import type { ByteStream } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import { isLoopback } from "../shared/endpoint.ts";
import { Fault, isFault } from "../shared/fault.ts";
import { plainStream } from "../shared/plain_stream.ts";
import type { ClientTlsStream } from "./client_tls.ts";
import type { TrustPolicy } from "./trust.ts";

/**
 * What the runtime is to check a data connection by. It shows no certificate and resumes no session, so it
 * serves only where its own check admits exactly those whom the control connection admitted.
 */
export interface NativeTrust {
  /** The name that the certificate must be good for. */
  readonly hostname: string;
  /** What it must be signed by, besides the system's authorities; PEM texts. */
  readonly authorities: readonly string[];
}

/**
 * How the runtime can recognise the control connection's server; `undefined` where it cannot.
 *
 * SECURITY: the system's authorities are always believed as well, so a self-signed certificate is looked for
 * under a name of its own that none of them may sign (localhost). Then only the holder of its key passes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isUnsignable } from "./native_tls.ts";
 * assert.deepEqual(["localhost", "127.0.0.1", "example.org"].map(isUnsignable), [true, true, false]);
 * ```
 */
export function nativeTrustOf(
  control: Pick<ClientTlsStream, "certificate" | "certificateDer">,
  policy: TrustPolicy,
  host: string,
): NativeTrust | undefined {
  const { signedForHost } = control.certificate;
  if (policy.kind === "known" && signedForHost) return { hostname: host, authorities: [] };
  const certificate = new X509Certificate(control.certificateDer);
  // The runtime refuses a certificate authority that serves by its own certificate.
  if (certificate.ca || certificate.subject !== certificate.issuer) return undefined;
  const names = (certificate.subjectAltName ?? "").split(", ");
  const hostname = names.map((name) => name.replace(/^[^:]*:/, "")).find(isUnsignable);
  return hostname === undefined ? undefined : { hostname, authorities: [certificate.toString()] };
}

/** Whether no public authority may sign a certificate for the name (CA/Browser baseline requirements, 4.2.2). */
export function isUnsignable(name: string): boolean {
  return name === "localhost" || isLoopback(name);
}

/**
 * Handshakes over a connection, which the stream owns from then on.
 *
 * @throws Fault `tls-failed` (someone else's certificate too), `truncated`, `timed-out`, `aborted`
 */
export async function nativeTls(
  conn: Deno.TcpConn,
  trust: NativeTrust,
  options: { readonly limitMs: number; readonly signal: AbortSignal },
): Promise<ByteStream> {
  let tls: Deno.TlsConn | undefined;
  try {
    const { hostname, authorities } = trust;
    tls = await Deno.startTls(conn, { hostname, caCerts: [...authorities] });
    await within(tls.handshake(), options);
    return plainStream(tls);
  } catch (error) {
    (tls ?? conn).close();
    throw isFault(error) ? error : new Fault("tls-failed", { cause: error });
  }
}
