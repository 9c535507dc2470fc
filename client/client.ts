// A client's connection to one server: the verbs as functions.

import type { ByteSink, ByteSource } from "../shared/byte_stream.ts";
import type { HashAlgorithm } from "../shared/hash.ts";
import type { RateAllowance } from "../shared/rate_limit.ts";
import type { Reply } from "../shared/reply.ts";
import type { Secret } from "../shared/secret.ts";
import type { ClientLimits } from "./client_limits.ts";
import type { Features } from "./features.ts";
import type { RangeOptions } from "./range_download.ts";
import type { RemoteEntry } from "./remote_entry.ts";
import type { Certificate, TrustPolicy } from "./trust.ts";

/**
 * How the control connection is protected. `auto`: explicit TLS where it is offered (and a password goes
 * out in clear to loopback only); `required`: explicit TLS or nothing; `implicit`: from the first byte.
 */
export type TlsMode = "auto" | "required" | "implicit" | "off";

/** One line of the control dialogue, for `-v`; passwords are masked. */
export interface DialogueLine {
  readonly from: "client" | "server";
  readonly text: string;
}

/** How to reach a server. */
export interface ConnectOptions {
  /** A name or a literal address, without brackets. */
  readonly host: string;
  /** The literal address to dial, where the name has several and one of them is meant. */
  readonly via?: string;
  readonly port: number;
  readonly tls: TlsMode;
  readonly trust: TrustPolicy;
  /** PORT/EPRT instead of PASV/EPSV; default false. */
  readonly active?: boolean;
  readonly limits?: Partial<ClientLimits>;
  readonly dialogue?: (line: DialogueLine) => void;
  /** Ends the connecting with a Fault `aborted`; later operations take their own signals. */
  readonly signal?: AbortSignal;
}

/** A digest of a file, or of a part of it. */
export interface Digest {
  readonly algorithm: HashAlgorithm;
  /** Lower-case hexadecimal. */
  readonly hex: string;
}

/** Part of a file: first byte, and one past the last. */
export interface DigestRange {
  readonly start: number;
  readonly end: number;
}

/** What proved that both ends hold the same bytes: a digest, equal sizes, or nothing could. */
export type Proof = HashAlgorithm | "size" | "nothing";

/** How far a transfer is. */
export interface TransferProgress {
  /** `proving`: what is there already is compared; `moving`: bytes travel; `verifying`: the whole is. */
  readonly stage: "proving" | "moving" | "verifying";
  /** Bytes of the whole file that are in place, those of an earlier try included. */
  readonly doneBytes: number;
  /** `undefined` when the size is not known. */
  readonly totalBytes: number | undefined;
}

/** What every transfer may be told. */
export interface TransferOptions {
  /** `auto`: compare digests whenever the server can give one; `always`: fail where none can. Default `auto`. */
  readonly verify?: "auto" | "always" | "never";
  /**
   * `image`: bytes as they are; `ascii`: a text, whose line ends become CRLF on the wire and LF here, which is always
   * transferred from its beginning. Default `image`.
   */
  readonly type?: "image" | "ascii";
  /** Stops cleanly with a Fault `aborted`; what was moved is kept for the next try. */
  readonly signal?: AbortSignal;
  /** Called at most once a mebibyte or 100 ms; must not throw. */
  readonly onProgress?: (progress: TransferProgress) => void;
  /** Bytes a second at most; no limit when left out. */
  readonly limitRate?: number;
  /** What several transfers may move together, instead of `limitRate` for each. */
  readonly allowance?: RateAllowance;
  /**
   * Called once when all that is outstanding is the proof of a small file: from then on the connection takes the
   * next upload or download. Without it an operation ends before another one may begin.
   */
  readonly onHandOver?: () => void;
  /** Give the copy the source's modification time (MFMT, utime); default true where both are files. */
  readonly preserve?: boolean;
  /**
   * Called before the first byte moves, where the source is a file, and again when more is known of it; must not
   * throw.
   */
  readonly onSource?: (facts: SourceFacts) => void;
}

/** What a transfer's source is, as far as it is known. */
export interface SourceFacts {
  /** Bytes. */
  readonly size: number | undefined;
  /** When it last changed, milliseconds since 1970 UTC. */
  readonly modifiedMs: number | undefined;
}

/** What is done about a file that is there under the final name. */
export type Existing =
  /** Replace it, once the new one is complete. */
  | "replace"
  /** Carry it on when it is a proven prefix of the source (done at once when it is all of it); else fail with `AlreadyThere`. */
  | "resume"
  /** Fail with `AlreadyThere`. */
  | "refuse";

/** What a download may be told. */
export interface DownloadOptions extends TransferOptions {
  /** About the local file of the final name; default `resume`. An own `.NAME.part` is always tried first. */
  readonly existing?: Existing;
  /** First byte wanted, for a sink only (a file's offset is what is proven there); default 0. */
  readonly offset?: number;
  /** What a listing told already, so that SIZE and MDTM need not be asked. */
  readonly entry?: RemoteEntry;
}

/** What an upload may be told. */
export interface UploadOptions extends TransferOptions {
  /** About the remote file, or unfinished upload, of that name; default `resume`. */
  readonly existing?: Existing;
}

/** Where a download goes: a host path (by way of `.NAME.part` beside it), or a sink such as standard output. */
export type DownloadTarget = { readonly path: string } | { readonly sink: ByteSink };

/** Where an upload comes from: a host path, or a source such as standard input (never resumed). */
export type UploadSource = { readonly path: string } | { readonly source: ByteSource };

/** A transfer that is complete. */
export interface TransferResult {
  /** Bytes of the whole file. */
  readonly size: number;
  /** Bytes that travelled this time. */
  readonly movedBytes: number;
  /** Where it was carried on; 0 when from the start. `size` when all was there already. */
  readonly resumedFrom: number;
  readonly verified: Proof;
  /** The digest of the whole, where one was computed. */
  readonly digest: Digest | undefined;
  readonly elapsedMs: number;
}

/** What two files are to one another. */
export interface Comparison {
  /** `unknown`: sizes allow for it, and the server cannot prove it. */
  readonly relation: "same" | "local-is-prefix" | "remote-is-prefix" | "different" | "unknown";
  readonly verified: Proof;
}

/** What a listing may be told. */
export interface ListOptions {
  readonly signal?: AbortSignal;
  /** Gets every line that could not be read; such a listing is incomplete. */
  readonly onUnknownLine?: (line: string) => void;
}

/** An operation's only option: what ends it early, with a Fault `aborted`. */
export interface OperationOptions {
  readonly signal?: AbortSignal;
}

/** What one session learnt that holds for others of the same server and user. */
export interface SessionKnowledge {
  readonly features: Features;
  /** The folder to enter; that of the login when left out. */
  readonly folder?: string;
}

/** What a login may be told. */
export interface LoginOptions extends OperationOptions {
  /** What an earlier session learnt: then nothing is asked, and one round trip does for all. */
  readonly known?: SessionKnowledge;
}

/**
 * A connection to one server. One operation at a time: starting a second before the first has ended
 * (a listing counts until its last entry) throws an `Error`; several connections do several things.
 *
 * Besides what is named, every operation throws `Refused` and `DataFailed` (stay connected), `Broken` (gone for
 * good: `broken` tells it from then on), Fault `aborted`, and Fault `bad-name` for a path that holds CR, LF or NUL.
 */
export interface Client extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** What the server said first. */
  readonly greeting: Reply;
  /** Whether TLS protects the control connection. */
  readonly secure: boolean;
  /** Whether TLS protects data connections too; settled by the login. */
  readonly dataSecure: boolean;
  /** The server's certificate; `undefined` without TLS. */
  readonly certificate: Certificate | undefined;
  /** `TLSv1.3` or `TLSv1.2`; `undefined` without TLS. */
  readonly tlsVersion: string | undefined;
  /**
   * Whether further connections of this process to the same server would get in this one's way: it demands the control
   * connection's TLS session, of which the runtime keeps one for all of them.
   */
  readonly goesAlone: boolean;
  /** What the server can do; `NO_FEATURES` before the login. */
  readonly features: Features;
  /** Who is logged in. */
  readonly user: string | undefined;
  /** Why nothing works any more, once that is so. */
  readonly broken: Error | undefined;

  /**
   * Logs in, protects the data connections, asks for the features.
   *
   * @throws LoginRefused (another try is possible), Unprotected (a password in clear, see {@linkcode TlsMode};
   * data in clear where TLS was insisted on)
   */
  login(user: string, password: Secret, options?: LoginOptions): Promise<void>;

  /** The entries of a directory, without `.` and `..`, in the server's order (MLSD, else LIST). */
  list(path: string, options?: ListOptions): AsyncIterableIterator<RemoteEntry>;
  /** What one path is. @throws Refused 550 when nothing is there */
  stat(path: string, options?: OperationOptions): Promise<RemoteEntry>;
  /** Bytes of a file (SIZE); `undefined` where the server cannot tell. @throws Refused 550 */
  size(path: string, options?: OperationOptions): Promise<number | undefined>;
  /** The digest the server computes; `undefined` where it has no way. @throws Refused 550 */
  digest(
    path: string,
    options?: OperationOptions & {
      readonly algorithm?: HashAlgorithm;
      readonly range?: DigestRange;
    },
  ): Promise<Digest | undefined>;

  /** @throws ContentDiffers, AlreadyThere, NotRegular, errors of the local disk */
  download(
    path: string,
    target: DownloadTarget,
    options?: DownloadOptions,
  ): Promise<TransferResult>;
  /** Fetches part of a file, and stops the server behind it. @throws ContentDiffers where the file ends elsewhere */
  downloadRange(path: string, sink: ByteSink, options: RangeOptions): Promise<void>;
  /** @throws ContentDiffers, AlreadyThere, NotRegular, errors of the local disk */
  upload(source: UploadSource, path: string, options?: UploadOptions): Promise<TransferResult>;
  /** Adds to the end of a remote file (APPE); nothing is resumed or verified but the size. */
  append(source: UploadSource, path: string, options?: TransferOptions): Promise<TransferResult>;
  /** What a local and a remote file are to one another, by digest where the server can. */
  compare(localPath: string, path: string, options?: OperationOptions): Promise<Comparison>;

  createDirectory(path: string, options?: OperationOptions): Promise<void>;
  removeDirectory(path: string, options?: OperationOptions): Promise<void>;
  removeFile(path: string, options?: OperationOptions): Promise<void>;
  rename(from: string, to: string, options?: OperationOptions): Promise<void>;
  /** Sets the modification time; false where the server has no way. */
  setModified(path: string, modifiedMs: number, options?: OperationOptions): Promise<boolean>;
  workingDirectory(options?: OperationOptions): Promise<string>;
  changeDirectory(path: string, options?: OperationOptions): Promise<void>;

  /** Sends a line as it is and answers whatever the server says, refusals too. Not for transfers. */
  quote(line: string, options?: OperationOptions): Promise<Reply>;
  /** Keeps an idle connection open. */
  noop(options?: OperationOptions): Promise<void>;
  /** Says QUIT and closes; never throws, safe to call twice. */
  close(): Promise<void>;
}
