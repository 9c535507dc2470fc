// The server's certificate: the operator's own files, or one made at the first start and kept.

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { hostReason } from "../shared/host_reason.ts";
import { ifThere } from "../shared/if_there.ts";
import { readSmallFile } from "../shared/small_file.ts";
import { selfSigned } from "./self_signed.ts";
import type { TlsIdentity } from "./server_tls.ts";
import type { ServerSettings } from "./settings.ts";

/** What decides which certificate it is. */
export type CertificateSettings = Pick<ServerSettings, "home" | "certificateFile" | "keyFile">;

/** More is no certificate chain; it is read into memory whole. */
const PEM_LIMIT_BYTES = 1024 * 1024;

/**
 * The identity that `settings` ask for. Without files of the operator's it is the one kept under
 * HOME/.ftp/tls/, made when missing; servers that start at the same moment agree on one.
 *
 * @throws CommandFailure that names the file which is missing, unreadable, wrong or does not match.
 */
export async function loadIdentity(settings: CertificateSettings): Promise<TlsIdentity> {
  const { home, certificateFile, keyFile } = settings;
  if (certificateFile !== undefined && keyFile !== undefined) {
    return await readIdentity(
      { holds: "certificate", path: certificateFile, setting: "cert" },
      { holds: "key", path: keyFile, setting: "key" },
    );
  }
  if (certificateFile !== undefined || keyFile !== undefined) {
    throw new CommandFailure(
      ExitCode.usage,
      "choosing the certificate",
      certificateFile === undefined ? "a key without a certificate" : "a certificate without a key",
      { hint: "give both --cert FILE and --key FILE, or neither" },
    );
  }
  const directory = join(home, ".ftp", "tls");
  if (!await isThere(directory)) await makeIdentity(directory);
  return await readIdentity(
    { holds: "certificate", path: join(directory, CERTIFICATE) },
    { holds: "key", path: join(directory, KEY) },
  );
}

const CERTIFICATE = "certificate.pem";
const KEY = "key.pem";

/**
 * Makes both files in a directory of its own and renames that: whoever comes second finds the name
 * taken and uses what is there, and no crash leaves a certificate with another's key.
 */
async function makeIdentity(directory: string): Promise<void> {
  const parent = join(directory, "..");
  try {
    await Deno.mkdir(parent, { recursive: true, mode: 0o700 });
    const draft = await Deno.makeTempDir({ dir: parent, prefix: "tls-" });
    try {
      const { certificatePem, keyPem } = selfSigned(Deno.hostname(), Date.now());
      await writeDurably(join(draft, CERTIFICATE), certificatePem, 0o644);
      // SECURITY: readable by the server's own user from its first byte on.
      await writeDurably(join(draft, KEY), keyPem, 0o600);
      await Deno.rename(draft, directory);
    } catch (error) {
      await Deno.remove(draft, { recursive: true });
      if (!await isThere(directory)) throw error;
    }
  } catch (error) {
    const tried = `making a certificate in "${directory}"`;
    throw new CommandFailure(ExitCode.failed, tried, hostReason(error), { cause: error });
  }
}

async function writeDurably(path: string, text: string, mode: number): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  await file.sync();
}

/** A PEM file, and who named it. */
interface PemFile {
  readonly holds: "certificate" | "key";
  readonly path: string;
  /** The setting that named it; `undefined` for a file of our own making. */
  readonly setting?: "cert" | "key";
}

async function readIdentity(certificateFile: PemFile, keyFile: PemFile): Promise<TlsIdentity> {
  const certificatePem = await readPem(certificateFile);
  const keyPem = await readPem(keyFile);
  const certificate = parseCertificate(certificatePem, certificateFile);
  const key = parseKey(keyPem, keyFile);
  if (!certificate.checkPrivateKey(key)) {
    throw unreadable(keyFile, `it does not belong to the certificate "${certificateFile.path}"`);
  }
  return { certificatePem, keyPem };
}

async function readPem(file: PemFile): Promise<string> {
  try {
    return await readSmallFile(file.path, PEM_LIMIT_BYTES);
  } catch (error) {
    throw unreadable(file, hostReason(error), error);
  }
}

function parseCertificate(pem: string, file: PemFile): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw unreadable(file, "it holds no PEM certificate", error);
  }
}

function parseKey(pem: string, file: PemFile): KeyObject {
  if (pem.includes("ENCRYPTED")) {
    throw unreadable(file, "it is encrypted, and nobody is there to ask");
  }
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw unreadable(file, "it holds no PEM private key", error);
  }
}

/** A file that a setting names is that setting's fault, as any other wrong value is. */
function unreadable(file: PemFile, happened: string, cause?: unknown): CommandFailure {
  const reading = `reading the ${file.holds} "${file.path}"`;
  return file.setting === undefined
    ? new CommandFailure(ExitCode.failed, reading, happened, { cause })
    : new CommandFailure(ExitCode.usage, `setting "${file.setting}": ${reading}`, happened, {
      cause,
    });
}

async function isThere(path: string): Promise<boolean> {
  return await ifThere(() => Deno.lstat(path)) !== undefined;
}

/** `sha256:HEX` of a certificate's DER: what clients pin and remember. */
export function fingerprintOf(certificatePem: string): string {
  const hex = new X509Certificate(certificatePem).fingerprint256.replaceAll(":", "").toLowerCase();
  return `sha256:${hex}`;
}
