// The server in this process: real sockets on loopback, a real disk, real accounts, all gone afterwards.

import { join } from "node:path";
import { SqliteAccounts } from "../../server/accounts/sqlite_accounts.ts";
import { booksPlace, SqliteBooks } from "../../server/accounts/sqlite_books.ts";
import { charsetOf } from "../../server/charset.ts";
import {
  accountsFile,
  prepareDataDirectory,
  privateDirectory,
} from "../../server/data_directory.ts";
import { OpenedStorages } from "../../server/opened_storages.ts";
import { PublicAddresses } from "../../server/public_address.ts";
import { SessionRegister } from "../../server/runtime/session_register.ts";
import { selfSigned } from "../../server/self_signed.ts";
import { Membership } from "../../server/membership.ts";
import { openListener, serve } from "../../server/server.ts";
import { ServerTls } from "../../server/server_tls.ts";
import { runtimeServices, type Services } from "../../server/services.ts";
import type { ServerSettings } from "../../server/settings.ts";
import { settingRows } from "../../server/settings_table.ts";
import { DigestCache } from "../../server/storage/digest_cache.ts";
import type { Log, LogFields, LogLevel } from "../../shared/log.ts";
import { Secret } from "../../shared/secret.ts";
import { temporaryDirectory } from "./temporary_directory.ts";

/** One line of the server's log. */
export interface LogLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}

/** What a server is started with. */
export interface InProcessOptions {
  /** Instead of the defaults, of which `tls` is `optional` here. */
  readonly settings?: Partial<ServerSettings>;
  /** Replaces services, e.g. to make storage fail. */
  readonly services?: (usual: Services) => Services;
  readonly implicitTls?: boolean;
  /** Where its data directory is made; the system's place for temporary files by default. */
  readonly homeParent?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** What transfers get when it stops; nothing by default, so that a failed test ends soon. */
  readonly graceMs?: number;
}

/** The account every test logs in with. */
export const USER = "alice";
/** Its password. */
export const PASSWORD = "correct horse";
/** An account that may only read the same files. */
export const READER = "reader";

/** Real hashes, but of no use to an attacker who would have to break a test's password. */
const CHEAP = { logN: 4, blockSize: 8, parallel: 1 };

/** A server that runs. */
export class InProcessServer implements AsyncDisposable {
  readonly #resources: AsyncDisposableStack;
  readonly #closing = new AbortController();
  readonly #served: Promise<void>;

  private constructor(
    readonly port: number,
    /** Host path of the data directory. */
    readonly home: string,
    /** Host path of the account's files. */
    readonly root: string,
    readonly certificatePem: string,
    readonly log: RecordedLog,
    start: (closing: AbortSignal) => Promise<void>,
    resources: AsyncDisposableStack,
  ) {
    this.#resources = resources;
    this.#served = start(this.#closing.signal);
  }

  /** Starts one with {@linkcode USER} and {@linkcode READER}, on 127.0.0.1. */
  static async start(options: InProcessOptions = {}): Promise<InProcessServer> {
    await using resources = new AsyncDisposableStack();
    const home = resources.use(await temporaryDirectory(options.homeParent)).path;
    await prepareDataDirectory(home);
    const accounts = resources.use(SqliteAccounts.open(accountsFile(home), { cost: CHEAP }));
    await accounts.add({ name: USER }, new Secret(PASSWORD));
    const reader = { name: READER, directory: USER, readOnly: true };
    await accounts.add(reader, new Secret(PASSWORD));
    const register = resources.use(
      SessionRegister.open(privateDirectory(home), { process: Deno.pid, worker: 1 }),
    );
    const books = resources.use(SqliteBooks.open(booksPlace(privateDirectory(home)), "serve"));
    const digests = new DigestCache();
    const identity = selfSigned("localhost", Date.now());
    const tls = resources.use(new ServerTls(identity));
    const log = new RecordedLog();
    const settings = { ...standardSettings(home), ...options.settings };
    const storages = new OpenedStorages({ home, settings, books, digests, log });
    const usual: Services = {
      settings,
      accounts,
      log,
      ...runtimeServices(register),
      fallbackCharset: charsetOf(settings.fallbackCharset),
      publicAddresses: new PublicAddresses({
        addresses: () => settings.publicAddresses,
        log,
        isNews: (name) => register.isNews(name),
      }),
      membership: new Membership(home, accounts),
      usageOf: (account) => books.lastKnown(account),
      tls: settings.tls === "off" ? undefined : tls,
      openStorage: (account) => storages.open(account),
    };
    const services = options.services?.(usual) ?? usual;
    const listener = openListener({ host: options.host ?? "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    const root = join(home, USER);
    await Deno.mkdir(root, { recursive: true });
    const { implicitTls = false, graceMs = 0 } = options;
    const start = (closing: AbortSignal) =>
      serve(services, { listener, closing, implicitTls, graceMs });
    return new InProcessServer(
      port,
      home,
      root,
      identity.certificatePem,
      log,
      start,
      resources.move(),
    );
  }

  /** Begins to stop it; transfers get their grace. */
  close(): Promise<void> {
    this.#closing.abort();
    return this.#served;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.#resources.disposeAsync();
  }
}

/** A log that tests read. */
export class RecordedLog implements Log {
  constructor(
    readonly lines: LogLine[] = [],
    private readonly fixed: LogFields = {},
    private readonly listeners: Set<() => void> = new Set(),
  ) {}

  write(level: LogLevel, event: string, fields: LogFields = {}): void {
    this.lines.push({ level, event, fields: { ...this.fixed, ...fields } });
    for (const listener of this.listeners) listener();
  }

  with(fields: LogFields): Log {
    return new RecordedLog(this.lines, { ...this.fixed, ...fields }, this.listeners);
  }

  /** Waits for a line that fits. */
  async seen(fits: (line: LogLine) => boolean): Promise<LogLine> {
    for (;;) {
      const found = this.lines.find(fits);
      if (found !== undefined) return found;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.listeners.add(resolve);
      await promise;
      this.listeners.delete(resolve);
    }
  }
}

/** The defaults, with TLS optional. */
export function standardSettings(home: string): ServerSettings {
  const standard = Object.fromEntries(settingRows().map(([key, { standard }]) => [key, standard]));
  return { ...standard, home, tls: "optional" } as unknown as ServerSettings;
}
