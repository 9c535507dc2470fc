// What people do about their own accounts: make one, change its password, leave; and invites.

import { Fault } from "../shared/fault.ts";
import type { Secret } from "../shared/secret.ts";
import type { Account, AccountAdmin } from "./accounts/accounts.ts";
import { INVITE_LIFE_MS } from "./accounts/invites.ts";
import { forgetUploads, isHomeTaken, type RemovalOutcome, removeHome } from "./removed_homes.ts";
import { asFaults } from "./storage/host_fault.ts";

/** A name, its password, and what lets it in. */
export interface Registration {
  /** As `checkAccountName` accepts it. */
  readonly name: string;
  readonly password: Secret;
  /** `undefined` where none is needed. */
  readonly invite: Secret | undefined;
  /** What it may keep, unless the invite says otherwise. */
  readonly quotaBytes: number | undefined;
}

/** The self-service of one worker. */
export class Membership {
  readonly #home: string;
  readonly #accounts: AccountAdmin;

  /** @param home the data directory, absolute. */
  constructor(home: string, accounts: AccountAdmin) {
    this.#home = home;
    this.#accounts = accounts;
  }

  /** Makes an account. @throws Fault `exists`, `bad-name`, `denied` (the invite), `limit-reached` */
  async register({ name, password, invite, quotaBytes }: Registration): Promise<Account> {
    // SECURITY: who has no invite must not find out which names there are.
    if (invite !== undefined) await this.#accounts.checkInvite(invite);
    if (await isHomeTaken(this.#home, name, await this.#accounts.list())) {
      throw new Fault("exists", { about: name });
    }
    const account = await this.#accounts.add({ name, quotaBytes }, password, invite);
    await forgetUploads(this.#home, account.name);
    return account;
  }

  /** Ends the account's other sessions, too. @throws Fault `not-found`, `limit-reached` */
  changePassword(account: Account, password: Secret): Promise<Account> {
    return this.#accounts.setPassword(account.name, password);
  }

  /** An invite for one registration. */
  invite(): Promise<Secret> {
    const untilMs = Date.now() + INVITE_LIFE_MS;
    return this.#accounts.invite({ uses: 1, untilMs, quotaBytes: undefined });
  }

  /**
   * Ends an account, and takes its files away.
   *
   * @throws Fault when the host does not let go of its files; the account stays then.
   */
  async leave(account: Account, purge: boolean): Promise<RemovalOutcome> {
    // Its sessions end and no new one begins, before the files go and the name is free.
    await this.#accounts.update(account.name, { enabled: false });
    try {
      return await asFaults(account.name, () => this.#take(account, purge));
    } catch (error) {
      await this.#accounts.update(account.name, { enabled: true });
      throw error;
    }
  }

  async #take(account: Account, purge: boolean): Promise<RemovalOutcome> {
    const all = await this.#accounts.list();
    const others = all.filter(({ name }) => name !== account.name);
    const outcome = await removeHome(this.#home, account, { others, purge, nowMs: Date.now() });
    await this.#accounts.remove(account.name);
    return outcome;
  }
}
