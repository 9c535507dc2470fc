// The real thing: `ftp serve` as a process of its own, on a free port, with a data directory of its own.

import { within } from "../../shared/deadline.ts";
import { ftpCommandLine, runFtpWell } from "./program.ts";
import { temporaryDirectory } from "./temporary_directory.ts";

/** What a server is started with. */
export interface ServerOptions {
  /** More of the command line. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** An existing data directory, which stays; a temporary one otherwise. */
  readonly home?: string;
  /** Where a temporary data directory is made, e.g. a tmpfs. */
  readonly homeParent?: string;
  /** Accounts to make before it starts: name and password. */
  readonly users?: Readonly<Record<string, string>>;
}

/** A server that runs. `await using` stops it and removes its temporary data directory. */
export interface ServerProcess extends AsyncDisposable {
  readonly home: string;
  readonly host: string;
  readonly port: number;
  /** `HOST:PORT`, as client commands take it. */
  readonly address: string;
  /** `sha256:HEX` of its certificate; `undefined` with `--tls off`. */
  readonly fingerprint: string | undefined;
  readonly pid: number;
  /** What it wrote to standard output so far: the line that says where it listens. */
  readonly output: string;
  /** What it wrote to standard error so far. */
  readonly log: string;
  /** Waits until its log holds the pattern; fails when the log ends without it. */
  logged(pattern: RegExp): Promise<void>;
  /** Makes an account while it runs. */
  addUser(name: string, password: string, ...flags: string[]): Promise<void>;
  signal(signal: Deno.Signal): void;
  /** Ends it with SIGTERM, or with `signal`. @returns its exit code. */
  stop(signal?: Deno.Signal): Promise<number>;
}

const START_LIMIT_MS = 30_000;
/** Longer than the time the server gives transfers at its end (10 s). */
const STOP_LIMIT_MS = 20_000;
/** How long the log may stand still while a line is waited for. */
const LOG_LIMIT_MS = 20_000;
const LISTENING =
  /^listening on ftp:\/\/(.+):(\d+)\/ \(TLS: [^)]*?(?:certificate (sha256:\S+?))?\)$/;

/** Starts a server on 127.0.0.1 and waits until it listens. */
export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const { flags = [], env = {}, users = {}, homeParent } = options;
  await using cleanUp = new AsyncDisposableStack();
  const home = options.home ?? cleanUp.use(await temporaryDirectory(homeParent)).path;
  for (const [name, password] of Object.entries(users)) await addUser(home, name, password, []);

  const [program, args] = ftpCommandLine(
    ["serve", home, "--host", "127.0.0.1", "--port", "0", ...flags],
  );
  const child = new Deno.Command(program, {
    args,
    env: { ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = collect(child.stdout);
  const log = collect(child.stderr);
  const stop = async (signal: Deno.Signal = "SIGTERM") => {
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
    try {
      kill(child, signal);
      const { code } = await child.status;
      await Promise.all([log.ended, output.ended]);
      return code;
    } finally {
      clearTimeout(timer);
    }
  };
  cleanUp.defer(async () => void await stop());

  const timer = setTimeout(() => kill(child, "SIGKILL"), START_LIMIT_MS);
  const line = await output.firstLine.finally(() => clearTimeout(timer));
  if (line === undefined) {
    await log.ended;
    throw new Error(`the server did not start:\n${log.text}`);
  }
  const [, host, port, fingerprint] = LISTENING.exec(line) ?? [];
  if (host === undefined || port === undefined) throw new Error(`not a start line: "${line}"`);
  const resources = cleanUp.move();
  return {
    home,
    host,
    port: Number(port),
    address: `${host}:${port}`,
    fingerprint,
    pid: child.pid,
    get output() {
      return output.text;
    },
    get log() {
      return log.text;
    },
    logged: (pattern) => log.holds(pattern),
    addUser: (name, password, ...more) => addUser(home, name, password, more),
    signal: (signal) => child.kill(signal),
    stop,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function addUser(
  home: string,
  name: string,
  password: string,
  flags: readonly string[],
): Promise<void> {
  await runFtpWell(["user", "add", name, "--password-stdin", "--home", home, ...flags], {
    stdin: `${password}\n`,
  });
}

/** What a process writes to one of its streams, while it writes it. */
interface Collected {
  readonly text: string;
  /** Settles at its first line's end, or with `undefined` when the stream ends before. */
  readonly firstLine: Promise<string | undefined>;
  readonly ended: Promise<void>;
  /** Waits for a text that matches; rejects when the stream ends before. */
  holds(pattern: RegExp): Promise<void>;
}

function collect(stream: ReadableStream<Uint8Array>): Collected {
  let text = "";
  let more = Promise.withResolvers<void>();
  let isOver = false;
  const firstLine = Promise.withResolvers<string | undefined>();
  const ended = (async () => {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.includes("\n")) firstLine.resolve(text.slice(0, text.indexOf("\n")));
      more.resolve();
      more = Promise.withResolvers();
    }
    firstLine.resolve(undefined);
    isOver = true;
    more.resolve();
  })();
  return {
    get text() {
      return text;
    },
    firstLine: firstLine.promise,
    ended,
    async holds(pattern) {
      while (!pattern.test(text)) {
        if (isOver) throw new Error(`${pattern} is not in:\n${text}`);
        await within(more.promise, { limitMs: LOG_LIMIT_MS }).catch((cause) => {
          throw new Error(`${pattern} did not come, after:\n${text}`, { cause });
        });
      }
    },
  };
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // It has ended already: what the caller wanted.
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
}
