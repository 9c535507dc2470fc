// Pure-FTPd on a free loopback port with one virtual account; it must be started by root.

import {
  freePort,
  greeting,
  makeCertificate,
  type Peer,
  peerDirectories,
  type PeerOptions,
  spawnPeer,
} from "./peer_process.ts";
import { unpacked, unpackedEnvironment } from "./unpacked.ts";

const [NAME, PASSWORD] = ["user", "12345"] as const;
const NOBODY = 65534;

/** Starts it. */
export async function startPureFtpd(options: PeerOptions = {}): Promise<Peer> {
  await using stack = new AsyncDisposableStack();
  const { configuration, root } = await peerDirectories(options, stack);
  await Deno.mkdir(`${root}/files`, { recursive: true });
  for (const path of [root, `${root}/files`]) await Deno.chmod(path, 0o777);
  const port = freePort();
  const env = await unpackedEnvironment();
  const accounts = `${configuration}/accounts`;
  await makeAccount(accounts, root, env);
  const args = [
    ...["-S", `127.0.0.1,${port}`, "-l", `puredb:${accounts}.pdb`, "-E", "-H", "-A", "-u", "1"],
    ...["-c", "200", "-C", "200", "-g", `${configuration}/pid`],
    ...(options.tls ? ["-Y", "1", "-2", await joinedCertificate(configuration)] : []),
  ];
  const child = spawnPeer(await unpacked("usr/sbin/pure-ftpd"), args, stack, env);
  await greeting(port);
  const resources = stack.move();
  return {
    name: "Pure-FTPd",
    port,
    pid: child.pid,
    user: NAME,
    password: PASSWORD,
    root,
    writable: "/files/",
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function makeAccount(
  accounts: string,
  root: string,
  env: Record<string, string>,
): Promise<void> {
  const child = new Deno.Command(await unpacked("usr/bin/pure-pw"), {
    args: [
      ...["useradd", NAME, "-u", `${NOBODY}`, "-g", `${NOBODY}`, "-d", root],
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
  await writer.write(new TextEncoder().encode(`${PASSWORD}\n${PASSWORD}\n`));
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
