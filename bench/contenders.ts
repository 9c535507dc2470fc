// Who is measured: this server and foreign ones, with the same files, on loopback.

import type { Peer, PeerOptions } from "../tests/support/peers/peer_process.ts";
import { startProftpd } from "../tests/support/peers/proftpd.ts";
import { startPureFtpd } from "../tests/support/peers/pure_ftpd.ts";
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

/** A server as it is reached in one way. */
export interface Served extends Target {
  /** The process at the root of its process tree. */
  readonly pid: number;
}

/** A server under measurement. */
export interface Contender extends AsyncDisposable {
  readonly name: string;
  readonly plain: Served;
  readonly secure: Served;
  /** The directory of the shared files in its own terms, with a `/` at both ends. */
  readonly directory: string;
  /** Starts one more of the same kind, which has done nothing yet. */
  another(): Promise<Contender>;
}

/** The name of this project's server in tables and JSON. */
export const OURS = "ours";

type PeerStart = (options: PeerOptions) => Promise<Peer>;

/** Every foreign server that is known here, by what `--peers` calls it. */
const PEERS: Readonly<Record<string, PeerStart>> = {
  vsftpd: startVsftpd,
  pyftpdlib: startPyftpdlib,
  // As vsftpd here: data connections with a TLS session of their own are welcome.
  proftpd: (options) => startProftpd({ ...options, requireSessionReuse: false }),
  "pure-ftpd": startPureFtpd,
};

/** What `--peers` takes. */
export const PEER_NAMES: readonly string[] = Object.keys(PEERS);

/**
 * Starts this server and those of the peers that are installed. All of them serve `root/files`, so that
 * a download is of the very same file.
 *
 * @param root a directory, usually on a tmpfs.
 * @param peers some of {@linkcode PEER_NAMES}.
 */
export async function startContenders(
  root: string,
  peers: readonly string[],
): Promise<Contender[]> {
  const contenders = [await startOurs(root)];
  for (const peer of peers) {
    const start = PEERS[peer];
    if (start === undefined) throw new Error(`"${peer}" is none of ${PEER_NAMES.join(", ")}`);
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

/**
 * Starts our own server: the process that `ftp serve` is.
 *
 * @param flags more of its command line.
 */
export async function startOurs(root: string, flags: readonly string[] = []): Promise<Contender> {
  const server = await startServer({ homeParent: root, flags: [...ROOM, ...flags] });
  await server.addUser("bench", "correct horse", "--dir", `${root}/files`);
  const { port, pid } = server;
  const target = { port, pid, user: "bench", password: "correct horse" };
  return {
    name: OURS,
    plain: { ...target, tls: false },
    secure: { ...target, tls: true },
    directory: "/",
    another: () => startOurs(root, flags),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Two processes, since a peer that knows of no TLS may be faster than one that does. */
async function startPeer(start: PeerStart, root: string): Promise<Contender> {
  await using stack = new AsyncDisposableStack();
  const plain = stack.use(await start({ root }));
  const secure = stack.use(await start({ root, tls: true }));
  // Some open the root to everybody, and vsftpd refuses to serve a root that everybody may write to.
  await Deno.chmod(root, 0o755);
  const resources = stack.move();
  const target = ({ port, pid, user, password }: Peer, tls: boolean): Served => (
    { port, pid, user, password, tls }
  );
  return {
    name: plain.name,
    plain: target(plain, false),
    secure: target(secure, true),
    directory: plain.writable,
    another: () => startPeer(start, root),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
