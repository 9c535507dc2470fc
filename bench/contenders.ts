// Who is measured: this server and foreign ones, with the same files, on loopback.

import type { Peer, PeerOptions } from "../tests/support/peers/peer_process.ts";
import { startPyftpdlib } from "../tests/support/peers/pyftpdlib.ts";
import { startVsftpd } from "../tests/support/peers/vsftpd.ts";
import { startServer } from "../tests/support/server_process.ts";

/** Where the load generator connects to, and as whom. */
export interface Target {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls: boolean;
}

/** A server under measurement. */
export interface Contender extends AsyncDisposable {
  readonly name: string;
  readonly plain: Target;
  readonly secure: Target;
  /** The processes at the root of its process trees. */
  readonly pids: readonly number[];
  /** The directory of the shared files in its own terms, with a `/` at both ends. */
  readonly directory: string;
  /** Starts one more of the same kind, which has done nothing yet. */
  another(): Promise<Contender>;
}

/** The name of this project's server in tables and JSON. */
export const OURS = "ours";

/**
 * Starts every server that is installed. All of them serve `root/files`, so that a download is of the
 * very same file.
 *
 * @param root a directory, usually on a tmpfs.
 */
export async function startContenders(root: string): Promise<Contender[]> {
  const peers: readonly ((options: PeerOptions) => Promise<Peer>)[] = [startVsftpd, startPyftpdlib];
  const contenders = [await startOurs(root)];
  for (const start of peers) {
    try {
      contenders.push(await startPeer(start, root));
    } catch (error) {
      console.error(`left out: ${error instanceof Error ? error.message : error}`);
    }
  }
  return contenders;
}

/** The limits on sessions, out of the way. */
const ROOM = ["sessions", "per-address", "strangers", "strangers-per-address"]
  .flatMap((limit) => [`--max-${limit}`, "20000"]);

/** Our own: the process that `ftp serve` is. */
async function startOurs(root: string): Promise<Contender> {
  const server = await startServer({
    homeParent: root,
    flags: ROOM,
  });
  await server.addUser("bench", "correct horse", "--dir", `${root}/files`);
  const target = { port: server.port, user: "bench", password: "correct horse" };
  return {
    name: OURS,
    plain: { ...target, tls: false },
    secure: { ...target, tls: true },
    pids: [server.pid],
    directory: "/",
    another: () => startOurs(root),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Two processes, since a peer that knows of no TLS may be faster than one that does. */
async function startPeer(
  start: (options: PeerOptions) => Promise<Peer>,
  root: string,
): Promise<Contender> {
  await using stack = new AsyncDisposableStack();
  const plain = stack.use(await start({ root }));
  const secure = stack.use(await start({ root, tls: true }));
  const resources = stack.move();
  const target = (peer: Peer, tls: boolean): Target => (
    { port: peer.port, user: peer.user, password: peer.password, tls }
  );
  return {
    name: plain.name,
    plain: target(plain, false),
    secure: target(secure, true),
    pids: [plain.pid, secure.pid],
    directory: plain.writable,
    another: () => startPeer(start, root),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
