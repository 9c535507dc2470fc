// pyftpdlib on a free loopback port, as its own defaults have it (sendfile where there is no TLS).

import { fileURLToPath } from "node:url";
import { makeCertificate, type Peer, type PeerOptions, startPeer } from "./peer_process.ts";

const SCRIPT = fileURLToPath(new URL("./pyftpdlib_server.py", import.meta.url));

/** Debian's Python: the one that apt installs pyftpdlib for. */
const PYTHON = "/usr/bin/python3";

/** Starts it with one account that may do everything. */
export function startPyftpdlib(options: PeerOptions = {}): Promise<Peer> {
  return startPeer("pyftpdlib", options, async ({ configuration, root, port }) => {
    const tls = options.tls === true ? await makeCertificate(configuration) : undefined;
    const args = [SCRIPT, String(port), root];
    return { program: PYTHON, args: tls ? [...args, tls.certificate, tls.key] : args };
  });
}
