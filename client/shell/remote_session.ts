// The server as the shell holds it: one session, the folder one is in, and both again after a lost connection.

import { setTimeout as pause } from "node:timers/promises";
import { CommandFailure, ExitCode } from "../../shared/exit_code.ts";
import type { Secret } from "../../shared/secret.ts";
import type { Client } from "../client.ts";
import type { Login } from "../credentials.ts";
import type { Destination } from "../destination.ts";
import { isTransient } from "../failure.ts";
import type { RecordedServer } from "../journal/record_format.ts";
import { recordedServer } from "../journal/recorded_server.ts";
import { attempt, shown } from "../operations/operation_context.ts";
import { type DoorPolicy, openSession, reopenSession } from "../session_opening.ts";
import { toldSentence } from "../texts/told_failure.ts";
import type { ConnectionParts } from "./connection.ts";
import { newcomers } from "./registration.ts";

/**
 * After a person's pause the connection may be gone: the server is asked before the next command, which would
 * fail otherwise. Commands that follow one another pay no round trip for it.
 */
const IDLE_MS = 1_000;

/** How often a person may type a password. */
const LOGIN_TRIES = 3;

/** Before the second try to connect again; doubled for each further one, up to the limit. */
const FIRST_PAUSE_MS = 1_000;
const PAUSE_LIMIT_MS = 30_000;

/** A session that outlives its connections. `await using` says good-bye. */
export class RemoteSession implements AsyncDisposable {
  readonly place: Destination;
  /** Where the login leads to. */
  readonly loginFolder: string;
  readonly #parts: ConnectionParts;
  #login: Login;
  #client: Client;
  #folder: string;
  /** Whether data connections of this client come from the server. */
  #isActive: boolean;
  #usedAtMs = performance.now();
  /** One loss is told once, however many tries it takes. */
  #isLossTold = false;

  private constructor(
    place: Destination,
    parts: ConnectionParts,
    opened: { readonly client: Client; readonly login: Login; readonly folder: string },
  ) {
    this.place = place;
    this.loginFolder = opened.folder;
    this.#parts = parts;
    this.#login = opened.login;
    this.#client = opened.client;
    this.#folder = opened.folder;
    this.#isActive = parts.settings.active;
  }

  /** Connects and logs in; a person has three tries, or makes an account. @throws CommandFailure */
  static async open(
    place: Destination,
    parts: ConnectionParts,
    signal: AbortSignal,
  ): Promise<RemoteSession> {
    const door: DoorPolicy = {
      tries: LOGIN_TRIES,
      newcomers: newcomers(parts.opening.terminal, place.label, signal),
    };
    const { client, login } = await openSession(place, openingOf(parts), signal, door);
    try {
      const folder = await attempt(
        `log in at ${place.label}`,
        () => client.workingDirectory({ signal }),
      );
      const session = new RemoteSession(place, parts, { client, login, folder });
      if (place.path !== "") await session.enter(place.path, signal);
      return session;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /** The folder one is in, absolute. */
  get folder(): string {
    return this.#folder;
  }

  /** Who is logged in. */
  get user(): string {
    return this.#login.user;
  }

  /** The server as the journal keeps it. */
  recordedServer(user: string): RecordedServer {
    return recordedServer(this.place, openingOf(this.#parts).flags, user);
  }

  /** From now on a lost connection is made again with this password. */
  rememberPassword(password: Secret): void {
    this.#login = { ...this.#login, password };
  }

  /** The connection as it is now; it may be broken. */
  get lastClient(): Client {
    return this.#client;
  }

  /** Who is where, and how the connection is protected. */
  get greeting(): string {
    const { session } = this.#parts.opening.terminal.texts;
    const protection = this.#client.tlsVersion ?? session.notEncrypted;
    return session.greeting(this.user, this.place.label, protection);
  }

  /** Changes the folder. @throws CommandFailure */
  async enter(path: string, signal: AbortSignal): Promise<void> {
    const client = await this.client(signal);
    this.#folder = await attempt(`cd ${shown(path)} at ${this.place.label}`, async () => {
      await client.changeDirectory(path, { signal });
      return await client.workingDirectory({ signal });
    });
  }

  /** The client; a new one, tried for with growing pauses, when the last was lost. @throws CommandFailure */
  async client(signal: AbortSignal): Promise<Client> {
    const { settings, opening: { terminal } } = this.#parts;
    for (let failures = 0;; failures++) {
      try {
        return await this.reconnect(signal);
      } catch (error) {
        const cause = error instanceof CommandFailure ? error.cause : error;
        if (!isTransient(cause) || failures >= settings.retries) throw error;
        const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, PAUSE_LIMIT_MS);
        const { failures: sentences, session } = terminal.texts;
        const happened = error instanceof CommandFailure ? error.happened : String(error);
        terminal.note(session.lostAgain(toldSentence(happened, sentences), pauseMs / 1000));
        await pause(pauseMs, undefined, { signal }).catch(() => {
          throw new CommandFailure(ExitCode.interrupted, "connect", "interrupted");
        });
      }
    }
  }

  /** The client; one try for a new one when the last was lost. @throws CommandFailure */
  async reconnect(signal: AbortSignal): Promise<Client> {
    const idleMs = performance.now() - this.#usedAtMs;
    const mustAsk = idleMs > IDLE_MS && !this.#client.broken;
    // It fails when the server has closed meanwhile: `broken` tells then.
    if (mustAsk) await this.#client.noop({ signal }).catch(() => {});
    const wasLost = this.#client.broken !== undefined;
    if (wasLost || this.#isActive !== this.#parts.settings.active) {
      await this.#reopen(signal, wasLost);
    }
    this.#usedAtMs = performance.now();
    return this.#client;
  }

  /** One more connection of the same login, in the same folder; the caller closes it. @throws CommandFailure */
  async another(signal: AbortSignal): Promise<Client> {
    const { features } = this.#client;
    const known = { features, folder: this.#folder };
    return await reopenSession(this.place, this.#login, openingOf(this.#parts), signal, known);
  }

  /** The same without knowing anything: what was may be another server now. @throws CommandFailure */
  async #anew(signal: AbortSignal): Promise<Client> {
    const client = await reopenSession(this.place, this.#login, openingOf(this.#parts), signal);
    try {
      await attempt(
        `cd ${shown(this.#folder)} at ${this.place.label}`,
        () => client.changeDirectory(this.#folder, { signal }),
      );
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }

  async #reopen(signal: AbortSignal, wasLost: boolean): Promise<void> {
    const { terminal } = this.#parts.opening;
    const texts = terminal.texts.session;
    if (wasLost && !this.#isLossTold) terminal.note(texts.lost(this.place.label));
    this.#isLossTold = wasLost;
    await this.#client.close();
    const isActive = this.#parts.settings.active;
    this.#client = await this.#anew(signal);
    this.#isActive = isActive;
    if (wasLost) terminal.note(texts.back(this.#folder));
    this.#isLossTold = false;
  }
}

/** How to open with the settings of this moment. */
function openingOf({ opening, settings }: ConnectionParts): ConnectionParts["opening"] {
  const { active: _active, ...flags } = opening.flags;
  return { ...opening, flags: settings.active ? { ...flags, active: true } : flags };
}
