// Which server the shell is at, if any: opened, closed, left for another one or for another user.

import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import { looksLikeUrl, parseAddress } from "../address.ts";
import type { Client } from "../client.ts";
import type { ConnectionFlags } from "../connection_flags.ts";
import type { Login } from "../credentials.ts";
import { type Destination, reach } from "../destination.ts";
import { type Journal, journalOf } from "../journal/journal.ts";
import type { JsonRecord, OperationContext } from "../operations/operation_context.ts";
import type { ProgressDisplay } from "../progress.ts";
import type { OpeningContext } from "../session_opening.ts";
import { demandSites, NO_SITES, type Sites } from "../sites.ts";
import type { Name } from "./completion.ts";
import { RemoteNames } from "./remote_names_cache.ts";
import { RemoteSession } from "./remote_session.ts";
import type { ShellSettings } from "./settings.ts";

/** What sessions are opened with. */
export interface ConnectionParts {
  readonly opening: OpeningContext;
  readonly progress: ProgressDisplay;
  readonly settings: ShellSettings;
}

/** The shell's place at a server, or none. `await using` says good-bye. */
export class Connection implements AsyncDisposable {
  /** What is known of folders there, for completion. */
  readonly #names = new RemoteNames();
  readonly #parts: ConnectionParts;
  /** Where transfers are recorded; `undefined` where the environment names no home. */
  readonly journal: Journal | undefined;
  #session: RemoteSession | undefined;
  /** Nothing is printed into the line that is being typed. */
  #isCompleting = false;

  constructor(parts: ConnectionParts) {
    this.journal = journalOf(parts.opening.world.env);
    this.#parts = {
      ...parts,
      opening: {
        ...parts.opening,
        dialogue: (line) => {
          if (parts.settings.debug && !this.#isCompleting) parts.opening.terminal.note(line);
        },
      },
    };
  }

  /** The session, where there is one. */
  get current(): RemoteSession | undefined {
    return this.#session;
  }

  /** The session. @throws CommandFailure when there is none */
  get session(): RemoteSession {
    if (this.#session !== undefined) return this.#session;
    throw notConnected(this.#parts.opening);
  }

  /** Goes to a place; the session before is left once this one stands. @throws CommandFailure */
  async open(place: Destination, signal: AbortSignal): Promise<RemoteSession> {
    return await this.#replace(await RemoteSession.open(place, this.#parts, signal));
  }

  /** Goes to an address that was typed. @throws CommandFailure */
  async openAddress(text: string, signal: AbortSignal): Promise<RemoteSession> {
    const address = parseAddress(text);
    if (!address.ok) throw new CommandFailure(ExitCode.usage, `open "${text}"`, address.why);
    const { opening } = this.#parts;
    const { env } = opening.world;
    // SECURITY: who logs in with which password, and which certificate is believed, was said of another server.
    const { user: _user, password: _password, pin: _pin, port: _port, ...flags } = opening.flags;
    // After ftp:// stands a host, whatever sites there are.
    const sites = looksLikeUrl(text) ? NO_SITES : await this.sites();
    const place = reach(address.value, flags, env, sites);
    const sources = { flags, env: opening.world.env, stdinPassword: undefined };
    const parts = { ...this.#parts, opening: { ...opening, flags, sources } };
    return await this.#replace(await RemoteSession.open(place, parts, signal));
  }

  /** The person's bookmarks as they are now. @throws CommandFailure when they do not read */
  async sites(): Promise<Sites> {
    return await demandSites(this.#parts.opening.world.env);
  }

  /** Logs in at the same server as somebody else; a name that is not given is asked for. @throws CommandFailure */
  async changeUser(user: string | undefined, signal: AbortSignal): Promise<RemoteSession> {
    const { password: _password, user: _user, ...others } = this.#parts.opening.flags;
    return await this.#enterAs(user === undefined ? others : { ...others, user }, signal);
  }

  /** The same with a login that is known already. @throws CommandFailure */
  async changeLogin({ user, password }: Login, signal: AbortSignal): Promise<RemoteSession> {
    return await this.#enterAs({ ...this.#parts.opening.flags, user, password }, signal);
  }

  async #enterAs(flags: ConnectionFlags, signal: AbortSignal): Promise<RemoteSession> {
    const { opening } = this.#parts;
    const { place } = this.session;
    const address = { ...place.address, user: undefined, password: undefined };
    // SECURITY: the password of the one before is not this one's; the environment's names its user or is not used.
    const { FTP_PASSWORD: _secret, FTP_USER: _name, ...env } = opening.world.env;
    const sources = { flags, env, stdinPassword: undefined };
    const parts = { ...this.#parts, opening: { ...opening, flags, sources } };
    const site = place.site && {
      ...place.site,
      address: { ...place.site.address, user: undefined },
    };
    const there = { ...place, address, path: "", ...(site && { site }) };
    return await this.#replace(await RemoteSession.open(there, parts, signal));
  }

  /** What one command sees, connected or not; `signal` stops it, and its end closes its further connections. */
  context(
    signal: AbortSignal,
    json: boolean,
    report: (failure: unknown) => void,
  ): OperationContext & AsyncDisposable {
    const { opening: { terminal, world }, progress } = this.#parts;
    const { journal } = this;
    const lanes = new AsyncDisposableStack();
    // deno-lint-ignore no-this-alias -- `open` changes the session while a command runs
    const connection = this;
    const shared = {
      terminal,
      progress,
      output: world.stdout,
      signal,
      get label() {
        return connection.current?.place.label ?? "";
      },
      json,
      print: (record: JsonRecord, ...lines: readonly string[]) => {
        if (json) terminal.print(JSON.stringify(record));
        else for (const line of lines) terminal.print(line);
      },
      report,
      ...(journal && {
        recording: {
          journal,
          server: (user: string) => connection.session.recordedServer(user),
          get folder() {
            return connection.session.folder;
          },
          get loginFolder() {
            return connection.session.loginFolder;
          },
        },
      }),
    };
    return {
      ...shared,
      get label() {
        return shared.label;
      },
      client: async () => await connection.session.client(signal),
      reconnect: async () => await connection.session.reconnect(signal),
      lane: () => {
        const lane = lanes.use(new Lane(() => connection.session.another(signal)));
        const client = () => lane.client();
        return { ...shared, client, reconnect: client };
      },
      [Symbol.asyncDispose]: () => lanes.disposeAsync(),
    };
  }

  /** The names in a folder, for completion: as it was typed, empty for the one one is in. */
  async namesIn(folder: string, signal: AbortSignal): Promise<readonly Name[]> {
    const session = this.#session;
    // A connection that was lost is made again by the next command, not by a Tab.
    if (session === undefined || session.lastClient.broken !== undefined) return [];
    const path = folder.startsWith("/") ? folder : `${session.folder}/${folder}`;
    const plain = path.replace(/\/+/g, "/").replace(/(?<=.)\/$/, "");
    this.#isCompleting = true;
    try {
      return await this.#names.in(plain, () => session.reconnect(signal));
    } finally {
      this.#isCompleting = false;
    }
  }

  /** Names may be others now. */
  forgetNames(): void {
    this.#names.forget();
  }

  /** Says good-bye. */
  async close(): Promise<void> {
    this.forgetNames();
    await this.#session?.[Symbol.asyncDispose]();
    this.#session = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #replace(session: RemoteSession): Promise<RemoteSession> {
    await this.close();
    this.#session = session;
    return session;
  }
}

/** A further connection of one command, made when it is first needed and again when it was lost. */
class Lane implements AsyncDisposable {
  readonly #open: () => Promise<Client>;
  #client: Client | undefined;

  constructor(open: () => Promise<Client>) {
    this.#open = open;
  }

  async client(): Promise<Client> {
    if (this.#client === undefined || this.#client.broken) {
      await this.#client?.close();
      this.#client = await this.#open();
    }
    return this.#client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client?.close();
  }
}

function notConnected({ terminal: { texts } }: OpeningContext): CommandFailure {
  const { session } = texts;
  return new CommandFailure(ExitCode.noConnection, "server", session.notConnected, {
    hint: session.openHint,
  });
}
