// What we know about one peer from greeting to goodbye.

import type { BufferPool } from "../shared/buffer_pool.ts";
import type { Endpoint } from "../shared/endpoint.ts";
import { Fault } from "../shared/fault.ts";
import type { HashAlgorithm } from "../shared/hash.ts";
import type { Log } from "../shared/log.ts";
import type { RateAllowance } from "../shared/rate_limit.ts";
import { ROOT, type VirtualPath } from "../shared/virtual_path.ts";
import type { DataPort } from "./data_port.ts";
import { type Acquaintance, isLocal } from "./incoming.ts";
import type { Labour } from "./labour.ts";
import type { RegisteredSession } from "./runtime/session_register.ts";
import type { Services } from "./services.ts";
import { SessionNames } from "./session_names.ts";
import {
  CLEAR,
  type Login,
  NOTHING,
  type Pending,
  type Protection,
  STRANGER,
} from "./session_state.ts";
import type { Storage } from "./storage/storage.ts";

/** What commands may ask of the control connection; only `control_channel.ts` writes replies. */
export interface Control {
  /**
   * Throws away every byte that arrived in clear, then handshakes (RFC 4217, 12; the STARTTLS
   * injection of CVE-2011-0411). The session starts over, protected. Called after the 234 has left.
   *
   * @throws Fault `tls-failed`
   */
  startTls(): Promise<void>;
  /** What the peer says is heard from now on, as after the 150: the transfer does long work before it. */
  listen(): void;
  /** Resolves once the running transfer has given its last reply, also that of its failure. */
  transferAnswered(): Promise<void>;
  /** Ends the session once the reply under way has left. */
  close(reason: string): void;
}

/** A transfer while it runs: what STAT tells and ABOR stops. */
export interface Transfer {
  readonly verb: string;
  readonly path: VirtualPath;
  /** Whether the bytes go to the peer. */
  readonly sends: boolean;
  readonly startedMs: number;
  /** Bytes of the whole file; `undefined` where nobody knows. */
  readonly totalBytes: number | undefined;
  /** Where it was carried on. */
  readonly offsetBytes: number;
  /** Bytes so far. */
  movedBytes: number;
  /** What it shares with the account's other transfers; `undefined` where there is no limit. */
  readonly allowance: RateAllowance | undefined;
  /** Aborting it stops the bytes; the transfer itself then says 426. */
  readonly abort: AbortController;
}

/** The representation type (RFC 959, 3.1.1): `ascii` converts line ends, `image` does not. */
export type RepresentationType = "ascii" | "image";

/** zlib's own choice: smaller costs much more time. */
const STANDARD_DEFLATE_LEVEL = 6;

/** The transmission mode (RFC 959, 3.4): bytes as they are, or deflated. */
export type TransmissionMode = "stream" | "deflate";

/** What a session is made from. */
export interface SessionParts {
  /** The session among those of all workers; its owner disposes it. */
  readonly seat: RegisteredSession;
  readonly peer: Endpoint;
  /** The address and port the peer connected to. */
  readonly local: Endpoint;
  readonly known: Acquaintance;
  readonly services: Services;
  readonly control: Control;
  readonly data: DataPort;
  readonly log: Log;
  /** Where transfers borrow their buffers; one pool a thread. */
  readonly buffers: BufferPool;
  /** Fires, with the reason, when the session must end. */
  readonly closing: AbortSignal;
}

/** One peer's state. Commands change its fields; the unions say what they can be. */
export class Session {
  protection: Protection = CLEAR;
  pending: Pending = NOTHING;
  directory: VirtualPath = ROOT;
  type: RepresentationType = "ascii";
  mode: TransmissionMode = "stream";
  /** From 1, fast, to 9, small: how hard MODE Z tries with files. */
  deflateLevel = STANDARD_DEFLATE_LEVEL;
  /** What the peer's program calls itself (CLNT), as long as the connection lives; `undefined` untold. */
  clientName: string | undefined = undefined;
  /** What HASH computes; chosen by OPTS HASH. */
  hashAlgorithm: HashAlgorithm = "SHA-256";
  /** Whether this session has asked for digests: then uploads are digested while they arrive. */
  wantsDigests = false;
  /** The facts MLST and MLSD tell, lower case; `undefined` for all (RFC 3659, 7.9). */
  mlstFacts: ReadonlySet<string> | undefined = undefined;
  /** The size ALLO announced for the next upload, bytes. */
  announcedSize: number | undefined = undefined;
  /** SITE RESUME was said: of this path the unfinished upload is meant, though there is a file. */
  resuming: VirtualPath | undefined = undefined;
  /** EPSV ALL was said: no other way to a data connection is taken any more (RFC 2428, 4). */
  extendedPassiveOnly = false;
  /** How names are written. */
  readonly names: SessionNames;
  transfer: Transfer | undefined = undefined;
  labour: Labour | undefined = undefined;

  readonly seat: RegisteredSession;
  readonly peer: Endpoint;
  readonly local: Endpoint;
  readonly services: Services;
  readonly control: Control;
  readonly data: DataPort;
  readonly log: Log;
  readonly buffers: BufferPool;
  readonly closing: AbortSignal;
  /** Whether the peer is of this very machine, and not of whatever a proxy here stands before. */
  readonly isLocal: boolean;
  /** How its address is known. */
  readonly known: Acquaintance;
  #login: Login = STRANGER;

  constructor(parts: SessionParts) {
    this.seat = parts.seat;
    this.peer = parts.peer;
    this.local = parts.local;
    this.services = parts.services;
    this.names = new SessionNames(parts.services.fallbackCharset);
    this.control = parts.control;
    this.data = parts.data;
    this.log = parts.log;
    this.buffers = parts.buffers;
    this.closing = parts.closing;
    this.known = parts.known;
    this.isLocal = isLocal({ address: parts.peer.address, known: parts.known });
  }

  /** Short, unique among the sessions of all workers. */
  get id(): string {
    return this.seat.id;
  }

  /** The address that counts where networks are allowed; `undefined` for this machine itself. */
  get cameFrom(): string | undefined {
    return this.isLocal ? undefined : this.peer.address;
  }

  get login(): Login {
    return this.#login;
  }

  /** All workers are told whose session it is. */
  set login(login: Login) {
    this.#login = login;
    this.seat.belongsTo(login.kind === "member" ? login.account.name : undefined);
  }

  /** The files of the account; commands that need a login may call it without asking. */
  get storage(): Storage {
    if (this.login.kind !== "member") throw new Fault("denied");
    return this.login.storage;
  }

  /** USER: another login begins; what belonged to the one before is gone (RFC 959, 4.1.1). */
  leaveAccount(): void {
    this.login = STRANGER;
    this.pending = NOTHING;
    this.directory = ROOT;
    this.announcedSize = undefined;
    this.resuming = undefined;
    this.data.forget();
  }

  /** REIN and AUTH: everything but the connection itself is as at the greeting (RFC 959, 4.1.1). */
  reset(): void {
    this.leaveAccount();
    this.type = "ascii";
    this.mode = "stream";
    this.deflateLevel = STANDARD_DEFLATE_LEVEL;
    this.hashAlgorithm = "SHA-256";
    this.wantsDigests = false;
    this.mlstFacts = undefined;
    this.extendedPassiveOnly = false;
  }
}
