// Whom the runtime's own TLS is asked to recognise: never anybody whom the control connection would not have been.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { nativeTrustOf } from "../../client/native_tls.ts";
import type { TrustPolicy } from "../../client/trust.ts";
import { selfSigned } from "../../server/self_signed.ts";
import { makeCertificate } from "../support/peers/peer_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const PINNED: TrustPolicy = { kind: "pin", fingerprint: "sha256:00" };
const KNOWN: TrustPolicy = {
  kind: "known",
  memory: { recall: () => Promise.resolve(undefined), remember: () => Promise.resolve() },
};

function presented(pem: string, signedForHost = false) {
  return {
    certificate: {
      fingerprint: "sha256:00",
      name: "host",
      issuer: "host",
      expiresMs: undefined,
      signedForHost,
    },
    certificateDer: new Uint8Array(new X509Certificate(pem).raw),
  };
}

Deno.test("our server's certificate is recognised by itself, under a name nobody else can be given", () => {
  const { certificatePem } = selfSigned("ftp.example.org", Date.now());
  const trust = nativeTrustOf(presented(certificatePem), PINNED, "ftp.example.org");
  assert.equal(trust?.hostname, "localhost");
  assert.deepEqual(trust.authorities.map((pem) => pem.trim()), [certificatePem.trim()]);
});

Deno.test("what the system's authorities signed for the host is recognised by them", () => {
  const { certificatePem } = selfSigned("ftp.example.org", Date.now());
  const trust = nativeTrustOf(presented(certificatePem, true), KNOWN, "ftp.example.org");
  assert.deepEqual(trust, { hostname: "ftp.example.org", authorities: [] });
});

Deno.test("a certificate that has only names which others can be certified for is left to node:tls", async () => {
  await using folder = await temporaryDirectory();
  const [subject, constraints] = ["/CN=ftp.example.org", "basicConstraints=critical,CA:FALSE"];
  const made = await makeCertificate(folder.path, {
    subject,
    extensions: [constraints, "subjectAltName=DNS:ftp.example.org"],
  });
  const pem = await Deno.readTextFile(made.certificate);
  assert.equal(nativeTrustOf(presented(pem), PINNED, "ftp.example.org"), undefined);
});

Deno.test("a certificate authority that serves by its own certificate is left to node:tls", async () => {
  await using folder = await temporaryDirectory();
  const made = await makeCertificate(folder.path, {
    extensions: ["basicConstraints=critical,CA:TRUE", "subjectAltName=DNS:localhost"],
  });
  const pem = await Deno.readTextFile(made.certificate);
  assert.equal(nativeTrustOf(presented(pem), PINNED, "localhost"), undefined);
});
