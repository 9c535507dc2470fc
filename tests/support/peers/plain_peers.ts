// The foreign servers that tests run against in clear, each as its package has it.

import type { Peer } from "./peer_process.ts";
import { startProftpd } from "./proftpd.ts";
import { startPureFtpd } from "./pure_ftpd.ts";
import { startPyftpdlib } from "./pyftpdlib.ts";
import { startVsftpd } from "./vsftpd.ts";

/** Their names, and how one of each is started. */
export const PLAIN_PEERS: readonly (readonly [name: string, start: () => Promise<Peer>])[] = [
  ["vsftpd", () => startVsftpd()],
  ["pyftpdlib", () => startPyftpdlib()],
  ["ProFTPD", () => startProftpd()],
  ["Pure-FTPd", () => startPureFtpd()],
];
