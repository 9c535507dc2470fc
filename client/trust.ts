// Which certificate is believed: a pure judgement over what was presented and what is remembered.

/** What a server presented, as far as the judgement and people need it. */
export interface Certificate {
  /** `sha256:` and 64 lower-case hexadecimal digits, of the whole certificate (DER). */
  readonly fingerprint: string;
  /** Its subject's common name or first alternative name; empty where there is none. */
  readonly name: string;
  /** Who signed it, likewise; the same as `name` for a self-signed one. */
  readonly issuer: string;
  /** When it ends, milliseconds since 1970 UTC; `undefined` where it does not read. */
  readonly expiresMs: number | undefined;
  /** Whether the authorities that were configured vouch for it, for this host's name. */
  readonly signedForHost: boolean;
}

/** Why a certificate is not believed. */
export type DistrustReason =
  /** Nobody vouches for it, it is not remembered, and nobody said yes. */
  | "unknown"
  /** Another one is remembered for this server. */
  | "changed"
  /** It is not the one that was pinned. */
  | "not-pinned"
  /** The authority that was named does not vouch for it, for this host. */
  | "not-signed"
  /** A data connection presented another one than the control connection did. */
  | "other-on-data";

/** Where certificates that were believed once are kept, by server. */
export interface CertificateMemory {
  /** The fingerprint remembered for the server; `undefined` where there is none. */
  recall(host: string, port: number): Promise<string | undefined>;
  /** Remembers it, replacing nothing that is there for another server. */
  remember(host: string, port: number, fingerprint: string): Promise<void>;
}

/** What a person is asked about a certificate seen for the first time. */
export interface TrustQuestion {
  readonly host: string;
  readonly port: number;
  readonly certificate: Certificate;
}

/** Whom the client believes; one of four ways. */
export type TrustPolicy =
  /** Exactly this certificate (`--pin`), as `sha256:HEX`. */
  | { readonly kind: "pin"; readonly fingerprint: string }
  /** What these authorities sign for the host's name (`--ca`), PEM texts. */
  | { readonly kind: "authority"; readonly authorities: readonly string[] }
  /** Anything (`--insecure`): protects from listeners only, not from impostors. */
  | { readonly kind: "anything" }
  /**
   * What the system's authorities sign for the host's name, else what is remembered, else what `ask`
   * says yes to (it is then remembered); without `ask` the unknown is refused. A changed one always is.
   */
  | {
    readonly kind: "known";
    readonly memory: CertificateMemory;
    readonly ask?: (question: TrustQuestion) => Promise<boolean>;
  };

/** The outcome of {@linkcode judge}. */
export type Judgement =
  | { readonly kind: "trusted" }
  | { readonly kind: "ask" }
  | { readonly kind: "refused"; readonly reason: DistrustReason; readonly expected?: string };

/**
 * Judges a certificate. Pure: the caller recalls what is remembered, asks, and remembers.
 *
 * @param remembered the fingerprint kept for this server, where there is one.
 */
export function judge(
  policy: TrustPolicy,
  certificate: Certificate,
  remembered: string | undefined,
): Judgement {
  const { fingerprint, signedForHost } = certificate;
  switch (policy.kind) {
    case "anything":
      return { kind: "trusted" };
    case "pin":
      return fingerprint === canonicalFingerprint(policy.fingerprint)
        ? { kind: "trusted" }
        : { kind: "refused", reason: "not-pinned", expected: policy.fingerprint };
    case "authority":
      return signedForHost ? { kind: "trusted" } : { kind: "refused", reason: "not-signed" };
    case "known":
      if (signedForHost) return { kind: "trusted" };
      if (remembered === undefined) return { kind: "ask" };
      // SECURITY: an impostor in the way presents another certificate; never ask, a person says yes too soon.
      return fingerprint === remembered
        ? { kind: "trusted" }
        : { kind: "refused", reason: "changed", expected: remembered };
  }
}

/**
 * A fingerprint as it is compared: people paste it in upper case and with colons between the bytes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { canonicalFingerprint } from "./trust.ts";
 * assert.equal(canonicalFingerprint("SHA256:AB:CD"), "sha256:abcd");
 * assert.equal(canonicalFingerprint("AB:CD"), "sha256:abcd");
 * ```
 */
export function canonicalFingerprint(text: string): string {
  return "sha256:" + text.trim().toLowerCase().replace(/^sha-?256:/, "").replaceAll(":", "");
}
