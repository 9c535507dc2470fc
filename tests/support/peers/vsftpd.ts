// vsftpd on a free loopback port: anonymous, allowed to write below `/files/`.

import { makeCertificate, type Peer, type PeerOptions, startPeer } from "./peer_process.ts";

/** What is particular to vsftpd. */
export interface VsftpdOptions extends PeerOptions {
  /** Its default: a data connection must carry on the control connection's TLS session. */
  readonly requireSessionReuse?: boolean;
}

/** Starts it. As root its sessions run as the package's user `ftp`; otherwise as the user of the tests. */
export function startVsftpd(options: VsftpdOptions = {}): Promise<Peer> {
  return startPeer("vsftpd", options, async ({ configuration, root, port }) => {
    const isRoot = Deno.uid() === 0;
    const empty = `${configuration}/empty`;
    await Deno.mkdir(empty);
    const settings: Record<string, string | number> = {
      listen: "YES",
      listen_address: "127.0.0.1",
      listen_port: port,
      background: "NO",
      max_clients: 0,
      max_per_ip: 0,
      anonymous_enable: "YES",
      local_enable: "NO",
      write_enable: "YES",
      // Without these it takes TYPE A and converts nothing.
      ascii_upload_enable: "YES",
      ascii_download_enable: "YES",
      anon_root: root,
      anon_upload_enable: "YES",
      anon_mkdir_write_enable: "YES",
      anon_other_write_enable: "YES",
      anon_world_readable_only: "NO",
      anon_umask: "022",
      chown_uploads: "NO",
      connect_from_port_20: "NO",
      xferlog_enable: "NO",
      dirmessage_enable: "NO",
      secure_chroot_dir: empty,
      seccomp_sandbox: "NO",
      isolate_network: "NO",
      isolate: "NO",
      ...(isRoot ? {} : { run_as_launching_user: "YES" }),
    };
    if (options.tls === true) {
      const { certificate, key } = await makeCertificate(configuration);
      Object.assign(settings, {
        ssl_enable: "YES",
        allow_anon_ssl: "YES",
        force_anon_logins_ssl: "NO",
        force_anon_data_ssl: "NO",
        ssl_tlsv1: "YES",
        require_ssl_reuse: options.requireSessionReuse === true ? "YES" : "NO",
        ssl_ciphers: "HIGH",
        rsa_cert_file: certificate,
        rsa_private_key_file: key,
      });
    }
    const file = `${configuration}/vsftpd.conf`;
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
    await Deno.writeTextFile(file, lines.join(""));
    const account = { user: "anonymous", password: "x@example.org" };
    return { program: await vsftpdPath(), args: [file], ...account };
  });
}

/** Debian keeps it where only root's PATH leads. */
async function vsftpdPath(): Promise<string> {
  for (const path of ["/usr/sbin/vsftpd", "/usr/local/sbin/vsftpd"]) {
    try {
      await Deno.stat(path);
      return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return "vsftpd";
}
