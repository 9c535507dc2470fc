// ProFTPD on a free loopback port: one account, TLS that demands the control connection's session, its default.

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

/** What is particular to ProFTPD. */
export interface ProftpdOptions extends PeerOptions {
  /** TLS from the first byte; no session needs to be resumed then. */
  readonly implicitTls?: boolean;
  /** Its default: a data connection must carry on the control connection's TLS session. */
  readonly requireSessionReuse?: boolean;
  /** `127.0.0.1` unless said otherwise. */
  readonly address?: string;
}

/** Starts it. */
export function startProftpd(options: ProftpdOptions = {}): Promise<Peer> {
  return startPeer("ProFTPD", options, async ({ configuration, root, port }) => {
    await Deno.chmod(root, 0o777);
    await Deno.chmod(configuration, 0o755);
    const { implicitTls = false, address = "127.0.0.1", requireSessionReuse = true } = options;
    const isRoot = Deno.uid() === 0;
    const [user, group] = isRoot ? [NOBODY, NOBODY] : [Deno.uid(), Deno.gid()];
    await Deno.writeTextFile(
      `${configuration}/passwd`,
      `${PEER_USER}:${await cryptedPassword()}:${user}:${group}::${root}:/bin/sh\n`,
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
      ...(options.tls || implicitTls
        ? await tlsLines(configuration, [
          ...(implicitTls ? ["UseImplicitSSL"] : []),
          ...(implicitTls || !requireSessionReuse ? ["NoSessionReuseRequired"] : []),
        ])
        : []),
    ];
    const file = `${configuration}/proftpd.conf`;
    await Deno.writeTextFile(file, lines.map((line) => `${line}\n`).join(""));
    return {
      program: await unpacked("usr/sbin/proftpd"),
      args: ["-n", "-q", "-c", file],
      env: await unpackedEnvironment(),
      hostname: address,
      isSilent: implicitTls,
      writable: `${root}/files/`,
    };
  });
}

async function tlsLines(configuration: string, options: readonly string[]): Promise<string[]> {
  const { certificate, key } = await makeCertificate(configuration);
  await Deno.chmod(key, 0o600);
  return [
    "LoadModule mod_tls.c",
    "TLSEngine on",
    "TLSProtocol TLSv1.2 TLSv1.3",
    `TLSECCertificateFile ${certificate}`,
    `TLSECCertificateKeyFile ${key}`,
    ...(options.length > 0 ? [`TLSOptions ${options.join(" ")}`] : []),
  ];
}

/** Our own user's or group's name. */
async function own(what: "-un" | "-gn"): Promise<string> {
  const { stdout } = await new Deno.Command("id", { args: [what] }).output();
  return new TextDecoder().decode(stdout).trim();
}
