// One thread's share of the server: its services and its listening socket, handed to the server core.

import { type Endpoint, normaliseAddress } from "../shared/endpoint.ts";
import { SqliteAccounts } from "./accounts/sqlite_accounts.ts";
import { booksPlace, SqliteBooks } from "./accounts/sqlite_books.ts";
import { charsetOf } from "./charset.ts";
import { accountsFile, digestsFile, privateDirectory } from "./data_directory.ts";
import { Membership } from "./membership.ts";
import { openListeningSocket } from "./listening_socket.ts";
import { OpenedStorages } from "./opened_storages.ts";
import { type Counts, EventCounts } from "./metrics/event_counts.ts";
import { PublicAddresses } from "./public_address.ts";
import { SessionRegister } from "./runtime/session_register.ts";
import { WriteTurn } from "./runtime/write_turn.ts";
import { serve, type ServeOptions } from "./server.ts";
import { openLogFile, openServerLog, reopenLog } from "./server_log.ts";
import { ServerTls, type TlsIdentity } from "./server_tls.ts";
import { runtimeServices, type Services } from "./services.ts";
import type { ServerSettings } from "./settings.ts";
import { StoredDigests } from "./storage/stored_digests.ts";
import { Xferlog } from "./xferlog.ts";

/** What can change while it serves. */
export interface ServingUpdate {
  readonly settings: ServerSettings;
  /** `undefined` with `--tls off`. */
  readonly identity: TlsIdentity | undefined;
}

/** What one thread needs to know; plain data, since it may travel to a worker. */
export interface ServingPlan extends ServingUpdate {
  /** The port; it may differ from the settings', where that one is 0. */
  readonly port: number;
  /** The same for `--implicit-port`. */
  readonly implicitPort?: number | undefined;
  /** Counted from 1. */
  readonly thread: number;
  /** What its threads share (`runtime/write_turn.ts`); a lone one needs none. */
  readonly turnMemory?: SharedArrayBuffer | undefined;
}

/** A thread's share while it serves. */
export interface Serving {
  readonly endpoint: Endpoint;
  /** The same of `--implicit-port`. */
  readonly implicitEndpoint?: Endpoint | undefined;
  /** Resolves when it serves no more and all is closed: `undefined` after `stop`, else the reason. */
  readonly ended: Promise<unknown>;
  /** Puts changed settings and a new certificate into effect, and reopens the log file. */
  update(update: ServingUpdate): void;
  /** What has happened in it. */
  counts(): Promise<Counts>;
  /** No new sessions; transfers get ten seconds; then everything is closed. */
  stop(): void;
}

/**
 * Starts serving in this thread.
 *
 * @throws CommandFailure (the port), Fault (the account store), what opening the log file throws
 */
export async function openServing(plan: ServingPlan): Promise<Serving> {
  await using opened = new AsyncDisposableStack();
  const { home, workers } = plan.settings;
  const fixed = workers > 1 ? { worker: plan.thread } : {};
  const { log: writtenLog, sink } = openServerLog(plan.settings, fixed);
  const events = new EventCounts();
  const log = events.watching(writtenLog);
  opened.use(sink);
  const { xferlogFile } = plan.settings;
  const xferlogSink = xferlogFile === undefined ? undefined : openLogFile(xferlogFile);
  if (xferlogSink !== undefined) opened.use(xferlogSink);
  const accounts = opened.use(SqliteAccounts.open(accountsFile(home)));
  const names = { process: Deno.pid, worker: plan.thread };
  const turn = new WriteTurn(plan.turnMemory);
  const register = opened.use(SessionRegister.open(privateDirectory(home), names, turn));
  const books = opened.use(SqliteBooks.open(booksPlace(privateDirectory(home)), "serve"));
  const tls = plan.identity && opened.use(new ServerTls(plan.identity));
  const doors = openDoors(plan);

  const digests = opened.use(StoredDigests.open(digestsFile(home)));
  let settings = plan.settings;
  const openedStorages = () => new OpenedStorages({ home, settings, books, digests, log });
  let storages = openedStorages();
  const services: Services = {
    get settings() {
      return settings;
    },
    accounts,
    log,
    ...runtimeServices(register),
    fallbackCharset: charsetOf(settings.fallbackCharset),
    xferlog: xferlogSink && new Xferlog(xferlogSink),
    publicAddresses: new PublicAddresses({
      addresses: () => settings.publicAddresses,
      log,
      isNews: (name) => register.isNews(name),
    }),
    membership: new Membership(home, accounts),
    usageOf: (account) => books.lastKnown(account),
    tls,
    openStorage: (account) => storages.open(account),
  };
  const closing = new AbortController();
  const served = doors.map((door) => serve(services, { ...door, closing: closing.signal }));
  const ended = untilEnd(Promise.all(served), opened.move());
  const [endpoint, implicitEndpoint] = doors.map(({ listener: { addr } }) => ({
    address: normaliseAddress(addr.hostname),
    port: addr.port,
  }));
  if (endpoint === undefined) throw new Error("no door");
  return {
    endpoint,
    implicitEndpoint,
    ended,
    update(update) {
      settings = update.settings;
      storages = openedStorages();
      if (update.identity !== undefined) tls?.replace(update.identity);
      reopenLog({ log, sink });
      if (xferlogSink !== undefined) reopenLog({ log, sink: xferlogSink });
    },
    counts: () => Promise.resolve(events.counts),
    stop: () => closing.abort(),
  };
}

/** The sockets to listen on: the explicit one first. */
function openDoors(
  { settings: { host, workers }, port, implicitPort }: ServingPlan,
): (Pick<ServeOptions, "listener" | "implicitTls">)[] {
  const isShared = workers > 1;
  const listener = openListeningSocket({ host, port }, isShared);
  if (implicitPort === undefined) return [{ listener }];
  try {
    const implicit = openListeningSocket({ host, port: implicitPort }, isShared);
    return [{ listener }, { listener: implicit, implicitTls: true }];
  } catch (error) {
    listener.close();
    throw error;
  }
}

async function untilEnd(served: Promise<unknown>, opened: AsyncDisposableStack): Promise<unknown> {
  await using _ = opened;
  try {
    await served;
    return undefined;
  } catch (error) {
    return error;
  }
}
