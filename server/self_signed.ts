// Makes a self-signed certificate for this machine: EC P-256, ten years, not a CA (RFC 5280).

import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import {
  bitString,
  boolean,
  element,
  explicit,
  implicit,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  unsignedInteger,
  utf8String,
} from "../shared/der.ts";
import type { TlsIdentity } from "./server_tls.ts";

const DAY_MS = 86_400_000;
/** Clients remember it by its fingerprint; a change would alarm them all. */
const VALID_MS = 3653 * DAY_MS;
/** Clocks of clients may be behind ours. */
const BACKDATED_MS = DAY_MS;

const ECDSA_WITH_SHA256 = sequence(objectIdentifier("1.2.840.10045.4.3.2"));

/**
 * Makes a key and a certificate that is good for `localhost`, `hostname`, 127.0.0.1 and ::1.
 *
 * @param nowMs when it begins to hold, milliseconds since 1970 UTC.
 */
export function selfSigned(hostname: string, nowMs: number): TlsIdentity {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = Uint8Array.from(publicKey.export({ type: "spki", format: "der" }));
  const name = sequence(set(sequence(objectIdentifier("2.5.4.3"), utf8String("ftp server"))));
  const body = sequence(
    explicit(0, unsignedInteger(Uint8Array.of(2))),
    unsignedInteger(serialNumber()),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(nowMs - BACKDATED_MS), time(nowMs + VALID_MS)),
    name,
    spki,
    explicit(3, sequence(...extensions(hostname, spki))),
  );
  const signature = sign("sha256", body, privateKey);
  const der = sequence(body, ECDSA_WITH_SHA256, bitString(signature));
  return {
    certificatePem: new X509Certificate(der).toString(),
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** 16 random octets, positive and not zero (RFC 5280, 4.1.2.2). */
function serialNumber(): Uint8Array {
  const octets = Uint8Array.from(randomBytes(16));
  octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x40;
  return octets;
}

function extensions(hostname: string, spki: Uint8Array): Uint8Array[] {
  const keyId = Uint8Array.from(createHash("sha1").update(spki).digest());
  return [
    // CA:FALSE, the default and so an empty sequence: rustls refuses a CA as a server's own.
    extension("2.5.29.19", { critical: true }, sequence()),
    // digitalSignature: all that TLS with ECDHE needs.
    extension("2.5.29.15", { critical: true }, element(0x03, Uint8Array.of(7, 0x80))),
    // serverAuth
    extension("2.5.29.37", { critical: false }, sequence(objectIdentifier("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.14", { critical: false }, octetString(keyId)),
    extension("2.5.29.17", { critical: false }, sequence(...alternativeNames(hostname))),
  ];
}

function extension(oid: string, how: { critical: boolean }, value: Uint8Array): Uint8Array {
  const critical = how.critical ? [boolean(true)] : [];
  return sequence(objectIdentifier(oid), ...critical, octetString(value));
}

function alternativeNames(hostname: string): Uint8Array[] {
  const names = new Set(["localhost", ...(isDnsName(hostname) ? [hostname] : [])]);
  const loopback6 = new Uint8Array(16);
  loopback6[15] = 1;
  return [
    ...[...names].map((name) => implicit(2, new TextEncoder().encode(name))),
    implicit(7, Uint8Array.of(127, 0, 0, 1)),
    implicit(7, loopback6),
  ];
}

/** Whether a host's own name may stand in a certificate; some machines are called things that may not. */
function isDnsName(name: string): boolean {
  const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  return name.length <= 253 && new RegExp(`^${label}(?:\\.${label})*$`).test(name);
}
