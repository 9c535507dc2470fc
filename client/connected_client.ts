// The client's verbs on one connection, one at a time.

import type { ByteSink } from "../shared/byte_stream.ts";
import { within } from "../shared/deadline.ts";
import type { HashAlgorithm } from "../shared/hash.ts";
import type { Reply } from "../shared/reply.ts";
import type { Secret } from "../shared/secret.ts";
import type {
  Client,
  Comparison,
  ConnectOptions,
  Digest,
  DigestRange,
  DownloadOptions,
  DownloadTarget,
  ListOptions,
  LoginOptions,
  OperationOptions,
  TransferOptions,
  TransferResult,
  UploadOptions,
  UploadSource,
} from "./client.ts";
import type { ClientLimits } from "./client_limits.ts";
import type { ClientTlsStream } from "./client_tls.ts";
import type { Conversation } from "./conversation.ts";
import { DataConnections } from "./data_connection.ts";
import { download } from "./download.ts";
import { Broken, Refused, Unprotected } from "./failure.ts";
import { type Features, NO_FEATURES } from "./features.ts";
import { listDirectory } from "./listing.ts";
import { logIn, logInAgain, prepareSession } from "./login.ts";
import { nativeTrustOf } from "./native_tls.ts";
import { OperationOrder } from "./operation_order.ts";
import { habitsOf, NO_HABITS } from "./server_habits.ts";
import { demandsOwnSession } from "./session_demand.ts";
import type { Peer } from "./peer.ts";
import { openLocal } from "./local_file.ts";
import { downloadRange, type RangeOptions } from "./range_download.ts";
import { remoteDigest } from "./remote_digest.ts";
import type { RemoteEntry } from "./remote_entry.ts";
import { remoteSize, remoteStat } from "./remote_facts.ts";
import { setRemoteModified } from "./remote_times.ts";
import { relate } from "./resume.ts";
import { downloadText, uploadText } from "./text_transfer.ts";
import type { Certificate } from "./trust.ts";
import { append, upload } from "./upload.ts";

/** What a connected client is made of. */
export interface ConnectedClientParts {
  readonly options: ConnectOptions;
  readonly limits: ClientLimits;
  readonly conversation: Conversation;
  readonly greeting: Reply;
  readonly tls: ClientTlsStream | undefined;
}

/** A server that was told to go has so long to say goodbye. */
const GOODBYE = { limitMs: 2_000 };

/** A {@linkcode Client} over an open control connection, which it owns. */
export class ConnectedClient implements Client {
  readonly host: string;
  readonly port: number;
  readonly greeting: Reply;
  readonly secure: boolean;
  readonly certificate: Certificate | undefined;
  readonly tlsVersion: string | undefined;
  readonly #parts: ConnectedClientParts;
  readonly #peer: Peer;
  #user: string | undefined;
  #dataSecure = false;
  readonly #order = new OperationOrder();

  constructor(parts: ConnectedClientParts) {
    const { options, limits, conversation, greeting, tls } = parts;
    this.#parts = parts;
    this.host = options.host;
    this.port = options.port;
    this.greeting = greeting;
    this.secure = tls !== undefined;
    this.certificate = tls?.certificate;
    this.tlsVersion = tls?.version;
    this.#peer = {
      conversation,
      data: new DataConnections({ conversation, active: options.active ?? false, limits }),
      limits,
      features: NO_FEATURES,
      image: false,
      hashAlgorithm: undefined,
      habits: NO_HABITS,
      order: this.#order,
      unknownVerbs: new Set(),
    };
  }

  get goesAlone(): boolean {
    return this.#dataSecure && demandsOwnSession(this.greeting);
  }

  get features(): Features {
    return this.#peer.features;
  }

  get user(): string | undefined {
    return this.#user;
  }

  get dataSecure(): boolean {
    return this.#dataSecure;
  }

  get broken(): Error | undefined {
    return this.#peer.conversation.broken;
  }

  login(user: string, password: Secret, { signal, known }: LoginOptions = {}): Promise<void> {
    return this.#order.alone(async () => {
      const { tls: mode, trust, host } = this.#parts.options;
      const login = { user, password, tls: mode, signal };
      if (known !== undefined) this.#dataSecure = await logInAgain(this.#peer, login, known);
      else {
        await logIn(this.#peer, login);
        this.#dataSecure = await prepareSession(this.#peer, signal);
      }
      this.#user = user;
      this.#peer.habits = habitsOf(this.greeting, this.#peer.features);
      if (this.#peer.habits.holdsReplies) this.#peer.conversation.hurry();
      const control = this.#parts.tls;
      if (control === undefined) return;
      if (!this.#dataSecure) {
        if (mode !== "auto") throw new Unprotected("data-in-clear");
        return;
      }
      this.#peer.data.protect({
        host,
        control,
        authorities: trust.kind === "authority" ? trust.authorities : undefined,
        sameCertificate: trust.kind !== "anything",
        // vsftpd, which never tells MLST, demands session reuse and closes everything where there is none.
        native: this.features.machineListings ? nativeTrustOf(control, trust, host) : undefined,
      });
    });
  }

  async *list(path: string, options: ListOptions = {}): AsyncGenerator<RemoteEntry, void, void> {
    this.#order.take();
    try {
      await this.#order.tail;
      yield* listDirectory(this.#peer, path, options);
    } finally {
      this.#order.give();
    }
  }

  stat(path: string, options: OperationOptions = {}): Promise<RemoteEntry> {
    return this.#order.alone(() => remoteStat(this.#peer, path, options));
  }

  size(path: string, options: OperationOptions = {}): Promise<number | undefined> {
    return this.#order.alone(() => remoteSize(this.#peer, path, options));
  }

  digest(
    path: string,
    options: OperationOptions & { algorithm?: HashAlgorithm; range?: DigestRange } = {},
  ): Promise<Digest | undefined> {
    return this.#order.alone(() => remoteDigest(this.#peer, path, options));
  }

  download(
    path: string,
    target: DownloadTarget,
    options: DownloadOptions = {},
  ): Promise<TransferResult> {
    if (options.type === "ascii") {
      return this.#order.alone(() => downloadText(this.#peer, path, target, options));
    }
    return this.#order.overlapping(
      options,
      (options) => download(this.#peer, path, target, options),
    );
  }

  downloadRange(path: string, sink: ByteSink, options: RangeOptions): Promise<void> {
    return this.#order.alone(() => downloadRange(this.#peer, path, sink, options));
  }

  upload(
    source: UploadSource,
    path: string,
    options: UploadOptions = {},
  ): Promise<TransferResult> {
    if (options.type === "ascii") {
      return this.#order.alone(() => uploadText(this.#peer, source, path, options));
    }
    return this.#order.overlapping(options, (options) => upload(this.#peer, source, path, options));
  }

  append(
    source: UploadSource,
    path: string,
    options: TransferOptions = {},
  ): Promise<TransferResult> {
    return this.#order.alone(() => append(this.#peer, source, path, options));
  }

  compare(
    localPath: string,
    path: string,
    options: OperationOptions = {},
  ): Promise<Comparison> {
    return this.#order.alone(async () => {
      const remote = await remoteSize(this.#peer, path, options) ??
        (await remoteStat(this.#peer, path, options)).size;
      if (remote === undefined) return { relation: "unknown", verified: "nothing" };
      using file = await openLocal(localPath);
      const { size } = await file.stat();
      const found = await relate(this.#peer, path, { file, size }, remote, options);
      return { relation: found.relation, verified: found.verified };
    });
  }

  async createDirectory(path: string, options: OperationOptions = {}): Promise<void> {
    await this.#ask(`MKD ${path}`, options);
  }

  async removeDirectory(path: string, options: OperationOptions = {}): Promise<void> {
    await this.#ask(`RMD ${path}`, options);
  }

  async removeFile(path: string, options: OperationOptions = {}): Promise<void> {
    await this.#ask(`DELE ${path}`, options);
  }

  rename(from: string, to: string, { signal }: OperationOptions = {}): Promise<void> {
    return this.#order.alone(async () => {
      const { conversation } = this.#peer;
      await conversation.request(`RNFR ${from}`, { accept: ["intermediate"], signal });
      await conversation.request(`RNTO ${to}`, { signal });
    });
  }

  setModified(
    path: string,
    modifiedMs: number,
    { signal }: OperationOptions = {},
  ): Promise<boolean> {
    return this.#order.alone(() => setRemoteModified(this.#peer, path, modifiedMs, signal));
  }

  async workingDirectory(options: OperationOptions = {}): Promise<string> {
    const answer = await this.#ask("PWD", options);
    // A quote inside the path is doubled (RFC 959, appendix II).
    const match = /"((?:[^"]|"")*)"/.exec(answer.lines.join(" "));
    if (match === null) throw new Refused("PWD", answer);
    return match[1]!.replaceAll('""', '"');
  }

  async changeDirectory(path: string, options: OperationOptions = {}): Promise<void> {
    await this.#ask(`CWD ${path}`, options);
  }

  quote(line: string, { signal }: OperationOptions = {}): Promise<Reply> {
    return this.#order.alone(async () => {
      const { conversation } = this.#peer;
      const accept = ["completion", "intermediate", "retry-later", "refused"] as const;
      const answer = await conversation.request(line, { accept, signal });
      // It may have been TYPE, REIN, anything.
      this.#peer.image = false;
      this.#peer.hashAlgorithm = undefined;
      return answer;
    });
  }

  async noop(options: OperationOptions = {}): Promise<void> {
    await this.#ask("NOOP", options);
  }

  async close(): Promise<void> {
    const { conversation, data } = this.#peer;
    data.forget();
    if (conversation.broken) return;
    try {
      // The limit counts from now on, also when something before it is never answered.
      if (!this.#order.isTaken) await within(conversation.request("QUIT"), GOODBYE);
    } catch {
      // Whatever it says, it is over.
    }
    conversation.break(new Broken("lost", "the connection was closed"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #ask(line: string, { signal }: OperationOptions): Promise<Reply> {
    return this.#order.alone(() => this.#peer.conversation.request(line, { signal }));
  }
}
