// Pure-FTPd on a free loopback port with one virtual account; it must be started by root.

import {
  cryptedPassword,
  makeCertificate,
  NOBODY,
  type Peer,
  PEER_USER,
  type PeerOptions,
  startPeer,
} from "./peer_process.ts";
import { unpacked, unpackedEnvironment } from "./unpacked.ts";

/** At once, and from one address: more than anything here opens. */
const SESSIONS = 2000;
/** Names in a listing, which it cuts short at 10,000 by itself, and how deep it follows folders. */
const LISTING = "1000000:5";

/** Starts it. */
export function startPureFtpd(options: PeerOptions = {}): Promise<Peer> {
  return startPeer("Pure-FTPd", options, async ({ configuration, root, port }) => {
    await Deno.chmod(root, 0o777);
    const env = await unpackedEnvironment();
    const accounts = `${configuration}/accounts`;
    await makeAccount(accounts, root, env);
    const args = [
      ...["-S", `127.0.0.1,${port}`, "-l", `puredb:${accounts}.pdb`, "-E", "-H", "-A", "-u", "1"],
      ...["-c", `${SESSIONS}`, "-C", `${SESSIONS}`, "-L", LISTING, "-g", `${configuration}/pid`],
      ...(options.tls ? ["-Y", "1", "-2", await joinedCertificate(configuration)] : []),
    ];
    return { program: await unpacked("usr/sbin/pure-ftpd"), args, env };
  });
}

async function makeAccount(
  accounts: string,
  root: string,
  env: Record<string, string>,
): Promise<void> {
  // Not by `useradd`: it hashes at a price of a second a login, of which a crowd would be all.
  const place = `${NOBODY}:${NOBODY}::${root}/./`;
  const line = [PEER_USER, await cryptedPassword(), place, ...new Array<string>(12).fill("")];
  await Deno.writeTextFile(`${accounts}.passwd`, `${line.join(":")}\n`, { mode: 0o600 });
  const { success, stderr } = await new Deno.Command(await unpacked("usr/bin/pure-pw"), {
    args: ["mkdb", `${accounts}.pdb`, "-f", `${accounts}.passwd`],
    env,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`pure-pw: ${new TextDecoder().decode(stderr)}`);
}

/** It wants both in one file. */
async function joinedCertificate(configuration: string): Promise<string> {
  const { certificate, key } = await makeCertificate(configuration);
  const path = `${configuration}/both.pem`;
  const texts = [await Deno.readTextFile(key), await Deno.readTextFile(certificate)];
  await Deno.writeTextFile(path, texts.join(""), { mode: 0o600 });
  return path;
}
