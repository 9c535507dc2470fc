// pyftpdlib on a free loopback port, as its own defaults have it (sendfile where there is no TLS).

import { fileURLToPath } from "node:url";
import {
  freePort,
  greeting,
  makeCertificate,
  type Peer,
  peerDirectories,
  type PeerOptions,
  spawnPeer,
} from "./peer_process.ts";

const SCRIPT = fileURLToPath(new URL("./pyftpdlib_server.py", import.meta.url));

/** Debian's Python: the one that apt installs pyftpdlib for. */
const PYTHON = "/usr/bin/python3";

/** Starts it with one account that may do everything. */
export async function startPyftpdlib(options: PeerOptions = {}): Promise<Peer> {
  await using stack = new AsyncDisposableStack();
  const { configuration, root } = await peerDirectories(options, stack);
  await Deno.mkdir(`${root}/files`, { recursive: true });
  const port = freePort();
  const tls = options.tls === true ? await makeCertificate(configuration) : undefined;
  const child = spawnPeer(
    PYTHON,
    [SCRIPT, String(port), root, ...(tls === undefined ? [] : [tls.certificate, tls.key])],
    stack,
  );
  await greeting(port);
  const resources = stack.move();
  return {
    name: "pyftpdlib",
    port,
    pid: child.pid,
    user: "user",
    password: "12345",
    root,
    writable: "/files/",
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
