// A foreign FTP server as a process of its own on loopback: what all of them have in common.

import { type TemporaryDirectory, temporaryDirectory } from "../temporary_directory.ts";

/** What a foreign server is asked for. */
export interface PeerOptions {
  /** Explicit TLS is offered, with a self-signed certificate. */
  readonly tls?: boolean;
  /** Where its files are; a temporary directory, removed at the end, otherwise. */
  readonly root?: string;
  /** Where a temporary root is made, e.g. a tmpfs. */
  readonly rootParent?: string;
}

/** A foreign server that runs. `await using` ends it. */
export interface Peer extends AsyncDisposable {
  readonly name: string;
  /** 127.0.0.1 where it is left out. */
  readonly address?: string;
  readonly port: number;
  readonly pid: number;
  readonly user: string;
  readonly password: string;
  /** The host directory that the account sees as `/`. */
  readonly root: string;
  /** A directory below `/` that it may write to, with a `/` at both ends. */
  readonly writable: string;
}

/** How long a foreign server may take to start. */
const START_LIMIT_MS = 10_000;
const RETRY_MS = 20;

/** A port that was free a moment ago, for programs that cannot pick one themselves and tell. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** Who is waited for. */
export interface GreetingOptions {
  readonly hostname?: string;
  /** Whether it waits for us to speak first: implicit TLS. */
  readonly isSilent?: boolean;
}

/**
 * Waits until something greets on the port. A foreign program sends no event when it is ready, so
 * this is the one place that asks again and again, within a limit.
 */
async function greeting(
  port: number,
  { hostname = "127.0.0.1", isSilent = false }: GreetingOptions = {},
): Promise<string> {
  const signal = AbortSignal.timeout(START_LIMIT_MS);
  while (true) {
    try {
      using connection = await Deno.connect({ hostname, port, signal });
      if (isSilent) return "";
      const buffer = new Uint8Array(512);
      const length = await connection.read(buffer);
      if (length !== null) return new TextDecoder().decode(buffer.subarray(0, length));
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    }
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** What a certificate says. */
export interface CertificateOptions {
  readonly subject?: string;
  /** As `openssl req -addext` reads them. */
  readonly extensions?: readonly string[];
}

const FOR_LOOPBACK = [
  "basicConstraints=critical,CA:FALSE",
  "subjectAltName=DNS:localhost,IP:127.0.0.1",
] as const;

/** The paths of a self-signed certificate and its key, PEM, made by openssl. */
export async function makeCertificate(
  directory: string,
  { subject = "/CN=localhost", extensions = FOR_LOOPBACK }: CertificateOptions = {},
): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = [`${directory}/peer.crt`, `${directory}/peer.key`];
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split(" "),
      ...["-subj", subject, "-keyout", key, "-out", certificate],
      ...extensions.flatMap((extension) => ["-addext", extension]),
    ],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`openssl: ${new TextDecoder().decode(stderr)}`);
  return { certificate, key };
}

/** Where a peer is to be. */
export interface PeerPlace {
  /** A directory for its own files. */
  readonly configuration: string;
  /** The directory it shows; everybody may write to `files` in it. */
  readonly root: string;
  readonly port: number;
}

/** What is started, and how it is then reached. */
export interface PeerProgram extends GreetingOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** {@linkcode PEER_USER} and {@linkcode PEER_PASSWORD} unless said otherwise. */
  readonly user?: string;
  readonly password?: string;
  /** `/files/` unless said otherwise. */
  readonly writable?: string;
}

/** The account of peers that have accounts. */
export const [PEER_USER, PEER_PASSWORD] = ["user", "12345"] as const;
/** The account's password as crypt(3) writes it, SHA-512: what `/etc/shadow` would hold. */
export async function cryptedPassword(): Promise<string> {
  const { stdout } = await new Deno.Command("openssl", { args: ["passwd", "-6", PEER_PASSWORD] })
    .output();
  return new TextDecoder().decode(stdout).trim();
}

/** Whom sessions run as where the program is started by root. */
export const NOBODY = 65534;

/** Starts a peer: `prepare` writes its configuration and says what is to be run. */
export async function startPeer(
  name: string,
  options: PeerOptions,
  prepare: (place: PeerPlace) => Promise<PeerProgram>,
): Promise<Peer> {
  await using stack = new AsyncDisposableStack();
  const made = async (parent?: string): Promise<TemporaryDirectory> =>
    stack.use(await temporaryDirectory(parent));
  const configuration = (await made()).path;
  const root = options.root ?? (await made(options.rootParent)).path;
  await Deno.mkdir(`${root}/files`, { recursive: true });
  await Deno.chmod(root, 0o755);
  await Deno.chmod(`${root}/files`, 0o777);
  const port = freePort();
  const prepared = await prepare({ configuration, root, port });
  const { hostname, user = PEER_USER, password = PEER_PASSWORD, writable = "/files/" } = prepared;
  const { pid } = spawn(prepared, stack);
  await greeting(port, prepared);
  const resources = stack.move();
  return {
    name,
    ...(hostname === undefined ? {} : { address: hostname }),
    port,
    pid,
    user,
    password,
    root,
    writable,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Starts the program and ends it, SIGTERM, when the stack is disposed of. */
function spawn(
  { program, args, env = {} }: PeerProgram,
  stack: AsyncDisposableStack,
): Deno.ChildProcess {
  const child = new Deno.Command(program, {
    args: [...args],
    env: { ...env },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  stack.defer(async () => {
    try {
      child.kill("SIGTERM");
    } catch (error) {
      // It ended by itself; why it did not serve is told by whoever waited for it.
      if (!(error instanceof TypeError)) throw error;
    }
    await child.status;
  });
  return child;
}
