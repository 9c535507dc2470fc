// The server's certificate: what is in it, who else accepts it, how it is kept, what wrong files say.

import assert from "node:assert/strict";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { fingerprintOf, loadIdentity } from "../../server/certificate.ts";
import { selfSigned } from "../../server/self_signed.ts";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const identity = selfSigned("box.example", Date.now());

/** What `openssl` prints; it must succeed. */
async function openssl(...args: string[]): Promise<string> {
  const run = new Deno.Command("openssl", { args, stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await run.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

function ownCertificate(home: string) {
  return { home, certificateFile: undefined, keyFile: undefined };
}

Deno.test("openssl reads the certificate and finds it signed by its own key", async () => {
  await using place = await temporaryDirectory();
  const directory = place.path;
  const file = join(directory, "certificate.pem");
  await Deno.writeTextFile(file, identity.certificatePem);
  const text = await openssl("x509", "-in", file, "-noout", "-text");
  assert.match(text, /CA:FALSE/);
  assert.match(text, /DNS:localhost, DNS:box\.example, IP Address:127\.0\.0\.1, IP Address:0:0:/);
  assert.match(text, /Digital Signature/);
  assert.match(text, /TLS Web Server Authentication/);
  assert.match(await openssl("verify", "-x509_strict", "-CAfile", file, file), /OK/);
  const sha256 = await openssl("x509", "-in", file, "-noout", "-fingerprint", "-sha256");
  const hex = sha256.split("=")[1]?.trim().replaceAll(":", "").toLowerCase();
  assert.equal(fingerprintOf(identity.certificatePem), `sha256:${hex}`);
});

Deno.test("the runtime's TLS client accepts it by name and by address", async () => {
  const { certificatePem: cert, keyPem: key } = identity;
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  for (const hostname of ["localhost", "127.0.0.1"]) {
    const raw = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    using conn = await listener.accept();
    using client = await Deno.startTls(raw, { hostname, caCerts: [cert] });
    await Promise.all([conn.handshake(), client.handshake()]);
  }
});

Deno.test("it holds for ten years, begins a day early, and has a key of its own each time", () => {
  const nowMs = Date.UTC(2026, 0, 15);
  const certificate = new X509Certificate(selfSigned("box.example", nowMs).certificatePem);
  assert.equal(new Date(certificate.validFrom).toISOString(), "2026-01-14T00:00:00.000Z");
  assert.equal(new Date(certificate.validTo).toISOString(), "2036-01-16T00:00:00.000Z");
  const other = new X509Certificate(selfSigned("box.example", nowMs).certificatePem);
  assert.notEqual(certificate.serialNumber, other.serialNumber);
  assert.equal(certificate.serialNumber.length, 32);
});

Deno.test("a machine whose name is no host name gets a certificate without it", () => {
  for (const name of ["under_score", "-dash", "ü", "", "a..b", "a".repeat(64)]) {
    const { certificatePem } = selfSigned(name, Date.now());
    assert.match(new X509Certificate(certificatePem).subjectAltName ?? "", /^DNS:localhost, IP/);
  }
});

Deno.test("it is made at the first start and is the same at the second", async () => {
  await using place = await temporaryDirectory();
  const home = place.path;
  const first = await loadIdentity(ownCertificate(home));
  assert.deepEqual(await loadIdentity(ownCertificate(home)), first);
  const key = await Deno.stat(join(home, ".ftp", "tls", "key.pem"));
  if (Deno.build.os !== "windows") assert.equal((key.mode ?? 0) & 0o777, 0o600);
  const left = [];
  for await (const entry of Deno.readDir(join(home, ".ftp"))) left.push(entry.name);
  assert.deepEqual(left, ["tls"]);
});

Deno.test("servers that start at once agree on one", async () => {
  await using place = await temporaryDirectory();
  const home = place.path;
  const starts = Array.from({ length: 8 }, () => loadIdentity(ownCertificate(home)));
  const keys = new Set((await Promise.all(starts)).map(({ keyPem }) => keyPem));
  assert.equal(keys.size, 1);
});

Deno.test("a file that is missing, wrong or another's is named with what is the matter", async () => {
  await using place = await temporaryDirectory();
  const home = place.path;
  const certificate = join(home, "own-certificate");
  const key = join(home, "own-key");
  const stranger = join(home, "stranger-key");
  const garbage = join(home, "garbage");
  const encrypted = join(home, "encrypted");
  const missing = join(home, "missing");
  await Deno.writeTextFile(certificate, identity.certificatePem);
  await Deno.writeTextFile(key, identity.keyPem);
  await Deno.writeTextFile(stranger, selfSigned("a", Date.now()).keyPem);
  await Deno.writeTextFile(garbage, "-----BEGIN CERTIFICATE-----\nxyz\n");
  const locked = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "x",
  });
  await Deno.writeTextFile(encrypted, String(locked));
  const rows: [string, string, RegExp][] = [
    [missing, key, /^setting "cert": reading the certificate ".*missing": there is no such file/],
    [
      garbage,
      key,
      /^setting "cert": reading the certificate ".*garbage": it holds no PEM certificate/,
    ],
    [home, key, /^setting "cert": reading the certificate ".*": it is a folder/],
    [certificate, missing, /^setting "key": reading the key ".*missing": there is no such file/],
    [
      certificate,
      garbage,
      /^setting "key": reading the key ".*garbage": it holds no PEM private key/,
    ],
    [certificate, encrypted, /^setting "key": reading the key ".*encrypted": it is encrypted/],
    [
      certificate,
      stranger,
      /^setting "key": .*stranger-key": it does not belong to .*own-certificate"/,
    ],
  ];
  for (const [certificateFile, keyFile, message] of rows) {
    await assert.rejects(
      loadIdentity({ home, certificateFile, keyFile }),
      (error) =>
        error instanceof CommandFailure && error.exitCode === ExitCode.usage &&
        message.test(error.message),
    );
  }
  const { certificatePem } = await loadIdentity({
    home,
    certificateFile: certificate,
    keyFile: key,
  });
  assert.equal(certificatePem, identity.certificatePem);
});

Deno.test("a certificate without a key, or the other way round, is wrong usage", async () => {
  for (const [certificateFile, keyFile] of [["a", undefined], [undefined, "b"]] as const) {
    await assert.rejects(
      loadIdentity({ home: "/nowhere", certificateFile, keyFile }),
      (error) => error instanceof CommandFailure && error.exitCode === ExitCode.usage,
    );
  }
});
