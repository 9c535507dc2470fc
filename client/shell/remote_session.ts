// The server as the shell holds it: one session, the folder one is in, and both again after a lost connection.

import type { Client } from "../client.ts";
import type { Login } from "../credentials.ts";
import type { Destination } from "../destination.ts";
import { attempt, type OperationContext, shown } from "../operations/operation_context.ts";
import type { ProgressDisplay } from "../progress.ts";
import { type OpeningContext, openSession, reopenSession } from "../session_opening.ts";

/** After this long without a command the server may have closed: it is asked before the next one. */
const IDLE_MS = 20_000;

/** How often a person may type a password. */
const LOGIN_TRIES = 3;

/** A session that outlives its connections. `await using` says good-bye. */
export class RemoteSession implements AsyncDisposable {
  readonly label: string;
  /** Where the login leads to. */
  readonly loginFolder: string;
  readonly #place: Destination;
  readonly #opening: OpeningContext;
  readonly #progress: ProgressDisplay;
  readonly #login: Login;
  #client: Client;
  #folder: string;
  #usedAtMs = performance.now();

  private constructor(
    place: Destination,
    opening: OpeningContext,
    progress: ProgressDisplay,
    opened: { readonly client: Client; readonly login: Login; readonly folder: string },
  ) {
    this.label = place.label;
    this.loginFolder = opened.folder;
    this.#place = place;
    this.#opening = opening;
    this.#progress = progress;
    this.#login = opened.login;
    this.#client = opened.client;
    this.#folder = opened.folder;
  }

  /** Connects and logs in; a person has three tries. @throws CommandFailure */
  static async open(
    place: Destination,
    opening: OpeningContext,
    progress: ProgressDisplay,
  ): Promise<RemoteSession> {
    const signal = opening.world.interrupt;
    const { client, login } = await openSession(place, opening, signal, LOGIN_TRIES);
    try {
      const folder = await attempt(
        `log in at ${place.label}`,
        () => client.workingDirectory({ signal }),
      );
      const session = new RemoteSession(place, opening, progress, { client, login, folder });
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

  /** Who is logged in, and how the connection is protected. */
  get greeting(): string {
    const { user, tlsVersion } = this.#client;
    return `${user} at ${this.label}, ${tlsVersion ?? "not encrypted"}`;
  }

  /** Changes the folder. @throws CommandFailure */
  async enter(path: string, signal: AbortSignal): Promise<void> {
    const client = await this.#connected(signal);
    this.#folder = await attempt(`cd ${shown(path)} at ${this.label}`, async () => {
      await client.changeDirectory(path, { signal });
      return await client.workingDirectory({ signal });
    });
  }

  /** What one command sees; `signal` stops it. */
  context(signal: AbortSignal, report: (failure: unknown) => void): OperationContext {
    const { terminal, world, flags } = this.#opening;
    const json = flags.json ?? false;
    return {
      terminal,
      progress: this.#progress,
      output: world.stdout,
      signal,
      label: this.label,
      json,
      client: () => this.#connected(signal),
      reconnect: () => this.#connected(signal),
      print: (record, ...lines) => {
        if (json) terminal.print(JSON.stringify(record));
        else for (const line of lines) terminal.print(line);
      },
      report,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }

  async #connected(signal: AbortSignal): Promise<Client> {
    const idleMs = performance.now() - this.#usedAtMs;
    // It fails when the server has closed meanwhile: `broken` tells then.
    if (idleMs > IDLE_MS && !this.#client.broken) {
      await this.#client.noop({ signal }).catch(() => {});
    }
    if (this.#client.broken) await this.#reopen(signal);
    this.#usedAtMs = performance.now();
    return this.#client;
  }

  async #reopen(signal: AbortSignal): Promise<void> {
    this.#opening.terminal.note(`the connection was lost; connecting to ${this.label} again`);
    await this.#client.close();
    this.#client = await reopenSession(this.#place, this.#login, this.#opening, signal);
    await attempt(
      `cd ${shown(this.#folder)} at ${this.label}`,
      () => this.#client.changeDirectory(this.#folder, { signal }),
    );
  }
}
