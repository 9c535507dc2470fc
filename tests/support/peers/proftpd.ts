// ProFTPD on a free loopback port: one account, TLS that demands the control connection's session, its default.

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

/** What is particular to ProFTPD. */
export interface ProftpdOptions extends PeerOptions {
  /** TLS from the first byte; no session needs to be resumed then. */
  readonly implicitTls?: boolean;
  /** `127.0.0.1` unless said otherwise. */
  readonly address?: string;
}

const [NAME, PASSWORD] = ["user", "12345"] as const;
/** Whom its sessions run as when it is started by root. */
const NOBODY = 65534;

/** Starts it. */
export async function startProftpd(options: ProftpdOptions = {}): Promise<Peer> {
  await using stack = new AsyncDisposableStack();
  const { configuration, root } = await peerDirectories(options, stack);
  await Deno.mkdir(`${root}/files`, { recursive: true });
  for (const path of [root, `${root}/files`]) await Deno.chmod(path, 0o777);
  await Deno.chmod(configuration, 0o755);
  const port = freePort();
  const { implicitTls = false, address = "127.0.0.1" } = options;
  const isRoot = Deno.uid() === 0;
  const [user, group] = isRoot ? [NOBODY, NOBODY] : [Deno.uid(), Deno.gid()];
  await Deno.writeTextFile(
    `${configuration}/passwd`,
    `${NAME}:${await hashed(PASSWORD)}:${user}:${group}::${root}:/bin/sh\n`,
    { mode: 0o600 },
  );
  const lines = [
    `ServerName "ProFTPD"`,
    "ServerType standalone",
    `DefaultAddress ${address}`,
    `Port ${port}`,
    "UseIPv6 on",
    `User ${isRoot ? "nobody" : await own("-un")}`,
    `Group ${isRoot ? "nogroup" : await own("-gn")}`,
    `ModulePath ${await unpacked("usr/lib/proftpd")}`,
    `ScoreboardFile ${configuration}/scoreboard`,
    `PidFile ${configuration}/pid`,
    `AuthUserFile ${configuration}/passwd`,
    "AuthOrder mod_auth_file.c",
    "AuthPAM off",
    "RequireValidShell off",
    "WtmpLog off",
    "TransferLog none",
    `SystemLog ${configuration}/log`,
    "UseReverseDNS off",
    "AllowOverwrite on",
    "AllowStoreRestart on",
    "DefaultTransferMode binary",
    ...(options.tls || implicitTls ? await tlsLines(configuration, implicitTls) : []),
  ];
  const file = `${configuration}/proftpd.conf`;
  await Deno.writeTextFile(file, lines.map((line) => `${line}\n`).join(""));
  const env = await unpackedEnvironment();
  const child = spawnPeer(await unpacked("usr/sbin/proftpd"), ["-n", "-q", "-c", file], stack, env);
  await greeting(port, { hostname: address, isSilent: implicitTls });
  const resources = stack.move();
  return {
    name: "ProFTPD",
    address,
    port,
    pid: child.pid,
    user: NAME,
    password: PASSWORD,
    root,
    writable: `${root}/files/`,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function tlsLines(configuration: string, isImplicit: boolean): Promise<string[]> {
  const { certificate, key } = await makeCertificate(configuration);
  await Deno.chmod(key, 0o600);
  return [
    "LoadModule mod_tls.c",
    "TLSEngine on",
    "TLSProtocol TLSv1.2 TLSv1.3",
    `TLSECCertificateFile ${certificate}`,
    `TLSECCertificateKeyFile ${key}`,
    ...(isImplicit ? ["TLSOptions UseImplicitSSL NoSessionReuseRequired"] : []),
  ];
}

/** Our own user's or group's name. */
async function own(what: "-un" | "-gn"): Promise<string> {
  const { stdout } = await new Deno.Command("id", { args: [what] }).output();
  return new TextDecoder().decode(stdout).trim();
}

async function hashed(password: string): Promise<string> {
  const { stdout } = await new Deno.Command("openssl", { args: ["passwd", "-6", password] })
    .output();
  return new TextDecoder().decode(stdout).trim();
}
