// What a failure of the client reads like: what was tried, what happened, and what the person can do.

import { CommandFailure, ExitCode } from "../shared/exit_code.ts";
import { type FaultKind, isFault } from "../shared/fault.ts";
import { isAnonymous } from "./credentials.ts";
import {
  AlreadyThere,
  Broken,
  ContentDiffers,
  DataFailed,
  exitCodeOf,
  formatRefusal,
  isClientFailure,
  LoginRefused,
  NotRegular,
  NotTrusted,
  Refused,
  Unprotected,
  Unproven,
} from "./failure.ts";

/** The standard port, where most servers listen, and the one of `ftp serve`. */
const STANDARD_PORT = 21;
const SERVE_PORT = 2121;

/** What is known about the attempt besides the error. */
export interface Attempt {
  /** For people: `get "a.txt" from example.org`. */
  readonly tried: string;
  readonly port?: number;
  /** `HOST:PORT` as the file of remembered certificates has it, and where that file lies. */
  readonly remembered?: { readonly server: string; readonly path: string };
  /** Which part a local path has in it. */
  readonly local?: "source" | "target";
  /** Whether the same command carries on what was interrupted. */
  readonly resumable?: boolean;
}

/** The failure in the form of the command line; a {@linkcode CommandFailure} stays as it is. */
export function failureOf(error: unknown, attempt: Attempt): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const happened = happenedOf(error);
  // A bug of ours must not pass for a failure of the world: the printer shows where it happened.
  if (happened === undefined) throw error;
  const hint = hintOf(error, attempt);
  return new CommandFailure(exitCodeOf(error), attempt.tried, happened, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

function happenedOf(error: unknown): string | undefined {
  if (error instanceof Refused || error instanceof LoginRefused) return formatRefusal(error.reply);
  if (error instanceof Broken && error.reply !== undefined) {
    return `${error.happened} (${formatRefusal(error.reply)})`;
  }
  if (error instanceof ContentDiffers) {
    return `${error.compared} differs: ${error.local} here, ${error.remote} at the server`;
  }
  if (error instanceof AlreadyThere) {
    const what = error.where === "local" ? `"${error.path}"` : "the server's file of that name";
    return ALREADY_THERE[error.why](what);
  }
  if (isClientFailure(error)) return error.message;
  if (isFault(error, "aborted")) return "interrupted";
  if (isFault(error)) return FAULTS[error.kind] ?? error.message;
  return localHappened(error);
}

/** Those that this machine's disk and names lead to. */
const FAULTS: Readonly<Partial<Record<FaultKind, string>>> = {
  "bad-name": "a name may not hold control characters",
  "busy": "another transfer has the same target",
  "is-a-directory": "it is a folder here",
  "truncated": "it became shorter meanwhile",
};

const ALREADY_THERE: Readonly<Record<AlreadyThere["why"], (what: string) => string>> = {
  different: (what) => `${what} is a different file`,
  unproven: (what) => `${what} may be a different file: the server cannot tell`,
  text: (what) => `${what} is there already, and a text (ascii) is not carried on`,
  refused: (what) => `${what} is there already`,
};

/** Errors of this machine's disk, in words; `undefined` for anything else. */
function localHappened(error: unknown): string | undefined {
  for (const [kind, words] of LOCAL) if (error instanceof kind) return words;
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const code = String(error.code);
  return LOCAL_CODES[code] ?? (/^E[A-Z]+$/.test(code) ? `this machine says ${code}` : undefined);
}

// deno-lint-ignore no-explicit-any -- the constructors differ in their parameters
const LOCAL: readonly (readonly [new (...args: any[]) => Error, string])[] = [
  [Deno.errors.NotFound, "there is no such file or folder here"],
  [Deno.errors.PermissionDenied, "permission denied on this machine"],
  // Below /dev and /proc; the runtime's own words speak of options that this program does not have.
  [Deno.errors.NotCapable, "this program may not open it"],
  [Deno.errors.AlreadyExists, "something of that name is here already"],
  [Deno.errors.NotADirectory, "a part of the local path is not a folder"],
  [Deno.errors.IsADirectory, "it is a folder here"],
];

const LOCAL_CODES: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on this machine's disk",
  EDQUOT: "this machine's disk quota is used up",
  EISDIR: "it is a folder here",
  ENOTDIR: "a part of the local path is not a folder",
  ENAMETOOLONG: "the name is too long for this machine",
  EROFS: "this machine's disk is read-only",
};

const STREAM_HINTS: Readonly<Record<NonNullable<Attempt["local"]>, string>> = {
  source: "ftp put - reads standard input",
  target: "ftp get -o - writes to standard output",
};

const CARRIES_ON = "the same command carries on where this one stopped, and so does ftp resume";

function hintOf(error: unknown, attempt: Attempt): string | undefined {
  if (error instanceof Broken) return hintOfBroken(error, attempt);
  if (error instanceof NotTrusted) return hintOfDistrust(error, attempt);
  if (error instanceof Unprotected) {
    return error.why === "tls-not-offered"
      ? "--tls off talks in clear: everybody on the way can read along"
      : "--tls off sends it all the same: everybody on the way can read along";
  }
  if (error instanceof LoginRefused && isAnonymous(error.user)) {
    return "-u NAME logs in as somebody else than a guest";
  }
  if (error instanceof AlreadyThere) {
    return "--if-exists (or set if-exists) overwrite, skip, rename or newer says what to do then";
  }
  if (error instanceof NotRegular || error instanceof Deno.errors.NotCapable) {
    return attempt.local && STREAM_HINTS[attempt.local];
  }
  if (error instanceof Unproven) return "--verify auto is content with the size then";
  if (error instanceof DataFailed && error.reason === "no-connection") {
    return "--active has the server connect to us; without it we connect to the server";
  }
  if (isFault(error, "aborted") && attempt.resumable) {
    return CARRIES_ON;
  }
  return undefined;
}

function hintOfBroken(error: Broken, attempt: Attempt): string | undefined {
  if (attempt.resumable && (error.reason === "lost" || error.reason === "timed-out")) {
    return CARRIES_ON;
  }
  const isRefused = error.cause instanceof Deno.errors.ConnectionRefused;
  if (error.reason !== "unreachable" || !isRefused) return undefined;
  return attempt.port === STANDARD_PORT
    ? `a server started with "ftp serve" listens on ${SERVE_PORT}: -P ${SERVE_PORT}`
    : "is the server running, and is that its port?";
}

function hintOfDistrust(error: NotTrusted, attempt: Attempt): string {
  const { fingerprint } = error.certificate;
  switch (error.reason) {
    case "unknown":
      return `--pin ${fingerprint} accepts exactly this certificate`;
    case "changed":
      return attempt.remembered === undefined
        ? `if the change is expected, --pin ${fingerprint} accepts the new one`
        : `if the change is expected, remove the line of ${attempt.remembered.server} from "${attempt.remembered.path}"`;
    case "not-pinned":
      return `it is ${fingerprint}`;
    case "not-signed":
      return "--ca FILE names the authority that signed it, --pin the certificate itself";
    case "other-on-data":
      return "somebody may be in the way, or several machines answer for one name";
  }
}

/** The exit codes after which the next files need not be tried: the person or the connection is gone. */
export function isFinal(failure: CommandFailure): boolean {
  return failure.exitCode === ExitCode.interrupted;
}
