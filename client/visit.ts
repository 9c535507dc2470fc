// One login at a server that is examined or measured, made again after what broke it.

import type { Client } from "./client.ts";
import type { Login } from "./credentials.ts";
import type { Destination } from "./destination.ts";
import { logIn, type OpeningContext, openSession, reopenSession } from "./session_opening.ts";

/** Owns the session that most of the work is done over. */
export class Visit implements AsyncDisposable {
  readonly #place: Destination;
  readonly #opening: OpeningContext;
  #client: Client | undefined;
  #login: Login | undefined;

  /** @param opening says by which of the host's addresses. */
  constructor(place: Destination, opening: OpeningContext) {
    this.#place = place;
    this.#opening = opening;
  }

  /** Logs in on a connection that is open, which belongs to the visit from now on. @throws CommandFailure */
  async begin(client: Client, signal: AbortSignal): Promise<Client> {
    this.#client = client;
    this.#login = await logIn(client, this.#place, this.#opening, signal);
    return client;
  }

  /** Connects and logs in. @throws CommandFailure */
  async open(signal: AbortSignal): Promise<Client> {
    const { client, login } = await openSession(this.#place, this.#opening, signal);
    this.#login = login;
    return this.#client = client;
  }

  /** Whether anybody got in. */
  get hasBegun(): boolean {
    return this.#login !== undefined;
  }

  /** The session; a new one after the last was lost. @throws CommandFailure */
  async client(signal: AbortSignal): Promise<Client> {
    if (this.#client !== undefined && this.#client.broken === undefined) return this.#client;
    return this.#client = await this.another(this.#opening.via, signal);
  }

  /** One more session of the same login, by way of an address; the caller closes it. @throws CommandFailure */
  async another(via: string | undefined, signal: AbortSignal): Promise<Client> {
    if (this.#login === undefined) throw new Error("no session before the login");
    const opening = via === undefined ? this.#opening : { ...this.#opening, via };
    return await reopenSession(this.#place, this.#login, opening, signal);
  }

  /** Gives up a session that may be in the middle of something. */
  async drop(): Promise<void> {
    await this.#client?.close();
    this.#client = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drop();
  }
}
