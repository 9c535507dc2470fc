// Twice a second, in each thread: does with its sessions what others decided, and tells what they do.

import { isFault } from "../shared/fault.ts";
import type { Account } from "./accounts/accounts.ts";
import type { Farewell } from "./greeting.ts";
import type { ToldTransfer, TransferBoard } from "./runtime/transfer_board.ts";
import type { Services } from "./services.ts";
import type { Session, Transfer } from "./session.ts";

/** A session as its connection lets it be ended. */
export interface WatchedChannel {
  readonly session: Session;
  /** Says goodbye and ends it, a transfer too. */
  end(farewell: Farewell): void;
}

/** "At once", for people; asking costs microseconds. */
const PERIOD_MS = 500;
/** A transfer that is over sooner is told to nobody. */
const TOLD_AFTER_MS = 500;

/** Watches while there are sessions. */
export class SessionWatch implements AsyncDisposable {
  readonly #services: Services;
  readonly #board: TransferBoard;
  readonly #channels: () => Iterable<WatchedChannel>;
  readonly #seen = new WeakMap<Transfer, { readonly bytes: number; readonly atMs: number }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isOver = false;
  #lastChange: number | undefined;
  #isFailing = false;

  constructor(
    services: Services,
    board: TransferBoard,
    channels: () => Iterable<WatchedChannel>,
  ) {
    this.#services = services;
    this.#board = board;
    this.#channels = channels;
  }

  /** There is a session: watches until there is none. */
  wake(): void {
    if (this.#isOver) return;
    this.#timer ??= setTimeout(() => this.#looking = this.#look(), PERIOD_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const channels = [...this.#channels()];
    try {
      this.#endDismissed(channels);
      await this.#judgeAccounts(channels);
      this.#tell(channels);
      this.#isFailing = false;
    } catch (error) {
      // Both stores are asked again in half a second; a log full of that helps nobody.
      if (!this.#isFailing) this.#report(error);
      this.#isFailing = true;
    }
    this.#timer = undefined;
    for (const _ of this.#channels()) return this.wake();
  }

  #report(error: unknown): void {
    const detail = String(isFault(error) ? error.cause ?? error : error);
    this.#services.log.write("error", "sessions not watched", { detail });
  }

  #endDismissed(channels: readonly WatchedChannel[]): void {
    const dismissals = this.#services.register.dismissals();
    if (dismissals.length === 0) return;
    const byId = new Map(channels.map((channel) => [channel.session.id, channel]));
    for (const { id, why } of dismissals) {
      byId.get(id)?.end(why === "banned" || why === "unregistered" ? why : "kicked");
    }
  }

  async #judgeAccounts(channels: readonly WatchedChannel[]): Promise<void> {
    const { accounts } = this.#services;
    // Before they are read: what changes meanwhile is seen the next time.
    const lastChange = await accounts.lastChange();
    const hasChanged = lastChange !== this.#lastChange;
    const found = new Map<string, Account | undefined>();
    const nowMs = Date.now();
    for (const channel of channels) {
      const { login } = channel.session;
      // Revision 0: a guest, who has no account that could change.
      if (login.kind !== "member" || login.account.revision === 0) continue;
      const { name, expiresMs } = login.account;
      if (expiresMs !== undefined && nowMs >= expiresMs) channel.end("account changed");
      if (!hasChanged) continue;
      if (!found.has(name)) found.set(name, await accounts.find(name));
      this.#judge(channel, found.get(name));
    }
    this.#lastChange = lastChange;
  }

  /** A session goes on with what its account is now, unless that ended what it was let in for. */
  #judge(channel: WatchedChannel, account: Account | undefined): void {
    const { session } = channel;
    const { login } = session;
    if (login.kind !== "member" || account?.revision === login.account.revision) return;
    if (account === undefined || account.loginRevision !== login.account.loginRevision) {
      return channel.end("account changed");
    }
    session.login = { ...login, account };
    this.#services.traffic.adjust(account);
  }

  #tell(channels: readonly WatchedChannel[]): void {
    const { traffic } = this.#services;
    const nowMs = Date.now();
    const told: ToldTransfer[] = [];
    for (const { session: { id, transfer } } of channels) {
      if (transfer === undefined || nowMs - transfer.startedMs < TOLD_AFTER_MS) continue;
      told.push(this.#told(id, transfer, nowMs));
    }
    this.#board.tell(told, traffic.takeFinished());
    if (traffic.isLimited) traffic.share(this.#board.moves());
  }

  #told(session: string, transfer: Transfer, nowMs: number): ToldTransfer {
    const { verb, path, sends, startedMs: sinceMs, movedBytes, totalBytes, offsetBytes } = transfer;
    const before = this.#seen.get(transfer) ?? { bytes: 0, atMs: sinceMs };
    const rateBytes = (movedBytes - before.bytes) * 1000 / Math.max(1, nowMs - before.atMs);
    this.#seen.set(transfer, { bytes: movedBytes, atMs: nowMs });
    return {
      session,
      verb,
      path,
      sends,
      sinceMs,
      movedBytes,
      totalBytes,
      offsetBytes,
      rateBytes,
    };
  }
}
