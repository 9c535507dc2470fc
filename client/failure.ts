// Every way in which talking to a server can fail, and the exit code each one stands for.

import { ExitCode } from "../shared/exit_code.ts";
import { isFault } from "../shared/fault.ts";
import type { Reply } from "../shared/reply.ts";
import type { Certificate, DistrustReason } from "./trust.ts";

/** The server said no to one request; the connection is fine and the next request may succeed. */
export class Refused extends Error {
  override readonly name = "Refused";
  constructor(
    /** What was asked, in the protocol's words, secrets masked: `RETR a.txt`. */
    readonly command: string,
    readonly reply: Reply,
  ) {
    super(`${command}: ${formatRefusal(reply)}`);
  }
}

/** Why a connection can be used no more. */
export type BrokenReason =
  /** No TCP connection: refused, unreachable, no such host. */
  | "unreachable"
  /** Something took longer than its limit. */
  | "timed-out"
  /** The server closed, or said 421. */
  | "lost"
  /** What came is not FTP, or beyond a limit. */
  | "protocol"
  /** The TLS handshake failed. */
  | "tls";

/** The connection is gone, or cannot be trusted to be in step; nothing works until the next connect. */
export class Broken extends Error {
  override readonly name = "Broken";
  /** The server's parting words (421), where there were any. */
  readonly reply: Reply | undefined;
  constructor(
    readonly reason: BrokenReason,
    /** What happened, for people, without the address: `the server closed the connection`. */
    readonly happened: string,
    options: { readonly reply?: Reply; readonly cause?: unknown } = {},
  ) {
    super(happened, { cause: options.cause });
    this.reply = options.reply;
  }
}

/** The server did not let this user in. The connection stays open: another try is possible. */
export class LoginRefused extends Error {
  override readonly name = "LoginRefused";
  constructor(readonly user: string, readonly reply: Reply) {
    super(`login as "${user}": ${formatRefusal(reply)}`);
  }
}

/** The certificate is not one the trust policy accepts; nothing secret was sent. */
export class NotTrusted extends Error {
  override readonly name = "NotTrusted";
  constructor(
    readonly reason: DistrustReason,
    /** What was presented: `--pin ${certificate.fingerprint}` would accept it. */
    readonly certificate: Certificate,
    /** The fingerprint that was expected (remembered or pinned), where there was one. */
    readonly expected?: string,
  ) {
    super(DISTRUST[reason]);
  }
}

/** A password was about to travel in clear, or TLS was insisted on and is not offered. */
export class Unprotected extends Error {
  override readonly name = "Unprotected";
  constructor(readonly why: "tls-not-offered" | "password-in-clear" | "data-in-clear") {
    super(UNPROTECTED[why]);
  }
}

/** What arrived is not what was sent: by digest, or by size although the server said it is complete. */
export class ContentDiffers extends Error {
  override readonly name = "ContentDiffers";
  constructor(
    /** The path at the server. */
    readonly path: string,
    /** What was compared: the digest's name, or `size`. */
    readonly compared: string,
    readonly local: string,
    readonly remote: string,
  ) {
    super(`"${path}": ${compared} differs: ${local} here, ${remote} at the server`);
  }
}

/** Why a data connection did not do its work. */
export type DataFailureReason =
  /** It did not come about: refused, filtered, not in time. */
  | "no-connection"
  /** It ended before the end of the data. */
  | "cut"
  /** Nothing moved for too long. */
  | "stalled"
  /** TLS on it failed. */
  | "tls";

/** The data connection failed; the control connection lives, and another try may work. */
export class DataFailed extends Error {
  override readonly name = "DataFailed";
  constructor(
    readonly reason: DataFailureReason,
    /** The command it was for: `RETR a.txt`. */
    readonly command: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(`${command}: ${DATA_FAILURES[reason]}`, options);
  }
}

/** Something is there already which the caller did not allow to be replaced, and it is no prefix of the source. */
export class AlreadyThere extends Error {
  override readonly name = "AlreadyThere";
  constructor(
    readonly where: "local" | "remote",
    readonly path: string,
    /**
     * `different`: it is another file; `unproven`: nothing could tell; `text`: texts (TYPE A) are not carried on;
     * `refused`: any file is one too many.
     */
    readonly why: "different" | "unproven" | "text" | "refused",
  ) {
    super(`"${path}" exists${why === "refused" ? "" : ` and is ${ALREADY_THERE[why]}`}`);
  }
}

/** Proof was insisted on, and the server has no way to give any. */
export class Unproven extends Error {
  override readonly name = "Unproven";
  constructor(readonly path: string) {
    super(`"${path}": the server has no way to prove the content`);
  }
}

/** A local path leads to a pipe, a device or a socket: opening one may take for ever, and none is carried on. */
export class NotRegular extends Error {
  override readonly name = "NotRegular";
  constructor(readonly path: string) {
    super("it is not a regular file");
  }
}

/** All failures the client's functions throw besides `Fault` (`aborted`, `bad-name`) and errors of the local disk. */
export type ClientFailure =
  | Refused
  | Broken
  | LoginRefused
  | NotTrusted
  | Unprotected
  | ContentDiffers
  | DataFailed
  | AlreadyThere
  | Unproven
  | NotRegular;

/** Whether `error` is one of the client's own failures. */
export function isClientFailure(error: unknown): error is ClientFailure {
  return error instanceof Refused || error instanceof Broken || error instanceof LoginRefused ||
    error instanceof NotTrusted || error instanceof Unprotected ||
    error instanceof ContentDiffers || error instanceof DataFailed ||
    error instanceof AlreadyThere || error instanceof Unproven ||
    error instanceof NotRegular;
}

/** Whether the same transfer may well work if it is tried again a little later, on a new connection. */
export function isTransient(error: unknown): boolean {
  if (error instanceof Broken) return error.reason !== "protocol" && error.reason !== "tls";
  if (error instanceof DataFailed) return error.reason !== "tls";
  return error instanceof Refused && error.reply.code >= 400 && error.reply.code < 500 &&
    error.reply.code !== 452;
}

/** The exit code of the command line contract that `error` stands for; `failed` for anything unknown. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof Refused) return exitCodeOfReply(error.reply);
  if (error instanceof Broken || error instanceof DataFailed) return ExitCode.noConnection;
  if (error instanceof LoginRefused) return ExitCode.loginRefused;
  if (error instanceof NotTrusted || error instanceof Unprotected) return ExitCode.notTrusted;
  if (
    error instanceof ContentDiffers || error instanceof AlreadyThere || error instanceof Unproven
  ) return ExitCode.contentDiffers;
  if (isFault(error, "aborted")) return ExitCode.interrupted;
  if (isFault(error, "timed-out") || isFault(error, "truncated")) return ExitCode.noConnection;
  if (error instanceof Deno.errors.NotFound) return ExitCode.notThere;
  if (
    error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable ||
    error instanceof NotRegular
  ) return ExitCode.notAllowed;
  if (error instanceof Error && "code" in error && NO_SPACE.has(String(error.code))) {
    return ExitCode.noSpace;
  }
  return ExitCode.failed;
}

/** The server's words for people: `550 No such file.` */
export function formatRefusal(reply: Reply): string {
  return `${reply.code} ${reply.lines.at(-1) || reply.lines[0]}`;
}

const NO_SPACE: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

/** What says in a 550 that permission is missing, since the code also stands for "not found" (RFC 959, 5.4). */
const NOT_ALLOWED =
  /denied|permission|not permitted|forbidden|read-only|not allowed|may (only|not)|privilege/i;

/** What says in a 550 that something is there, and in the way: a name taken, a folder with content, the wrong type. */
const IN_THE_WAY =
  /exists already|already exists|file exists|not empty|is a (directory|folder)|not a (plain|regular) file/i;

function exitCodeOfReply(reply: Reply): ExitCode {
  switch (reply.code) {
    case 452:
    case 552:
      return ExitCode.noSpace;
    case 530:
      return ExitCode.loginRefused;
    case 532:
    case 534:
    case 553:
      return ExitCode.notAllowed;
    case 550:
      if (reply.lines.some((line) => NOT_ALLOWED.test(line))) return ExitCode.notAllowed;
      return reply.lines.some((line) => IN_THE_WAY.test(line))
        ? ExitCode.failed
        : ExitCode.notThere;
    case 421:
    case 425:
    case 426:
      return ExitCode.noConnection;
    default:
      return ExitCode.failed;
  }
}

const DISTRUST: Readonly<Record<DistrustReason, string>> = {
  "unknown": "the certificate is not known",
  "changed": "the certificate has changed since it was remembered",
  "not-pinned": "the certificate is not the pinned one",
  "not-signed": "the certificate is not signed by the given authority for this host",
  "other-on-data": "the data connection presented another certificate than the control connection",
};

const ALREADY_THERE = {
  "different": "a different file",
  "unproven": "not proven to be the same file",
  "text": "not proven to be the same text, and texts are not carried on",
} as const;

const DATA_FAILURES: Readonly<Record<DataFailureReason, string>> = {
  "no-connection": "no data connection could be made",
  "cut": "the data connection was cut",
  "stalled": "the data connection stands still",
  "tls": "TLS failed on the data connection",
};

const UNPROTECTED: Readonly<Record<Unprotected["why"], string>> = {
  "tls-not-offered": "the server does not offer TLS",
  "password-in-clear": "the server does not offer TLS, and a password would travel in clear",
  "data-in-clear": "the server does not protect data connections (PROT P)",
};
