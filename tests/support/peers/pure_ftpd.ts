// Pure-FTPd on a free loopback port with one virtual account; it must be started by root.

import {
  makeCertificate,
  NOBODY,
  type Peer,
  PEER_PASSWORD,
  PEER_USER,
  type PeerOptions,
  startPeer,
} from "./peer_process.ts";
import { unpacked, unpackedEnvironment } from "./unpacked.ts";

/** Starts it. */
export function startPureFtpd(options: PeerOptions = {}): Promise<Peer> {
  return startPeer("Pure-FTPd", options, async ({ configuration, root, port }) => {
    await Deno.chmod(root, 0o777);
    const env = await unpackedEnvironment();
    const accounts = `${configuration}/accounts`;
    await makeAccount(accounts, root, env);
    const args = [
      ...["-S", `127.0.0.1,${port}`, "-l", `puredb:${accounts}.pdb`, "-E", "-H", "-A", "-u", "1"],
      ...["-c", "200", "-C", "200", "-g", `${configuration}/pid`],
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
  const child = new Deno.Command(await unpacked("usr/bin/pure-pw"), {
    args: [
      ...["useradd", PEER_USER, "-u", `${NOBODY}`, "-g", `${NOBODY}`, "-d", root],
      // Passwords as dear to check as its own default would cost every test eight seconds.
      ...["-C", "200", "-M", "10000"],
      ...["-f", `${accounts}.passwd`, "-F", `${accounts}.pdb`, "-m"],
    ],
    env,
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${PEER_PASSWORD}\n${PEER_PASSWORD}\n`));
  await writer.close();
  const { success, stderr } = await child.output();
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
