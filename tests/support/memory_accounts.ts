// Accounts in memory: for tests of what needs some, and to show that the contract is no one backend's.

import {
  checkAccountDirectory,
  checkAccountName,
  nameKey,
} from "../../server/accounts/account_rules.ts";
import {
  type Account,
  type AccountAdmin,
  type AccountChange,
  type Accounts,
  type NewAccount,
  STANDARD_ACCOUNT,
  type Verdict,
} from "../../server/accounts/accounts.ts";
import {
  type Invite,
  inviteDigest,
  inviteId,
  type InviteTerms,
  isInvite,
  newInviteCode,
} from "../../server/accounts/invites.ts";
import { endsSessions, termsRefusal } from "../../server/accounts/login_terms.ts";
import { Fault } from "../../shared/fault.ts";
import type { Secret } from "../../shared/secret.ts";

/** Accounts that live as long as this object. Passwords are compared as they are: no hash, no wait. */
export class MemoryAccounts implements Accounts, AccountAdmin {
  readonly #accounts = new Map<string, { account: Account; password: string }>();
  readonly #invites = new Map<string, InviteTerms>();
  #revision = 0;

  verify(name: string, secret: Secret, from: string | undefined): Promise<Verdict> {
    const found = this.#accounts.get(name.normalize("NFC"));
    if (found === undefined || found.password !== secret.reveal()) {
      return Promise.resolve({ ok: false, why: "wrong" });
    }
    const { account } = found;
    const why = termsRefusal(account, from, new Date());
    return Promise.resolve(why === undefined ? { ok: true, account } : { ok: false, why });
  }

  recognise(): undefined {
    return undefined;
  }

  lastChange(): Promise<number> {
    return Promise.resolve(this.#revision);
  }

  find(name: string): Promise<Account | undefined> {
    return Promise.resolve(this.#accounts.get(name.normalize("NFC"))?.account);
  }

  add(wanted: NewAccount, secret: Secret, invite?: Secret): Promise<Account> {
    return settled(() => {
      const name = checkAccountName(wanted.name);
      if (!name.ok) throw new Fault("bad-name", { about: wanted.name });
      if ([...this.#accounts.keys()].some((other) => nameKey(other) === nameKey(name.value))) {
        throw new Fault("exists", { about: name.value });
      }
      const { quotaBytes = wanted.quotaBytes } = this.#useInvite(invite);
      const account = { ...STANDARD_ACCOUNT, directory: name.value, ...wanted, quotaBytes };
      return this.#store({ ...account, name: name.value, loginRevision: 0 }, secret.reveal(), true);
    });
  }

  setPassword(name: string, secret: Secret): Promise<Account> {
    return settled(() => this.#store(this.#known(name).account, secret.reveal(), true));
  }

  update(name: string, change: AccountChange): Promise<Account> {
    return settled(() => {
      const { account, password } = this.#known(name);
      const after = { ...account, ...change };
      return this.#store(after, password, endsSessions(account, after));
    });
  }

  remove(name: string): Promise<void> {
    return settled(() => {
      this.#known(name);
      this.#accounts.delete(name);
      this.#revision++;
    });
  }

  list(): Promise<Account[]> {
    const names = [...this.#accounts.keys()].sort();
    return settled(() => names.map((name) => this.#known(name).account));
  }

  checkInvite(code: Secret): Promise<void> {
    return settled(() => void this.#termsOf(code));
  }

  invite(terms: InviteTerms): Promise<Secret> {
    const code = newInviteCode();
    this.#invites.set(inviteDigest(code), terms);
    return Promise.resolve(code);
  }

  invites(): Promise<Invite[]> {
    const good = [...this.#invites].filter(([, { uses, untilMs }]) =>
      uses > 0 && untilMs > Date.now()
    );
    const shown = good.map(([digest, terms]) => ({ id: inviteId(digest), ...terms }));
    return Promise.resolve(shown.toSorted((one, other) => one.untilMs - other.untilMs));
  }

  withdrawInvite(which: string): Promise<void> {
    return settled(() => {
      const meant = [...this.#invites.keys()].find((digest) => isInvite(digest, which));
      if (meant === undefined) throw new Fault("not-found");
      this.#invites.delete(meant);
    });
  }

  #useInvite(code: Secret | undefined): { readonly quotaBytes?: number | undefined } {
    if (code === undefined) return {};
    const terms = this.#termsOf(code);
    this.#invites.set(inviteDigest(code), { ...terms, uses: terms.uses - 1 });
    return { quotaBytes: terms.quotaBytes };
  }

  #termsOf(code: Secret): InviteTerms {
    const terms = this.#invites.get(inviteDigest(code));
    if (terms === undefined || terms.uses === 0 || terms.untilMs <= Date.now()) {
      throw new Fault("denied");
    }
    return terms;
  }

  #known(name: string) {
    const found = this.#accounts.get(name.normalize("NFC"));
    if (found === undefined) throw new Fault("not-found", { about: name });
    return found;
  }

  #store(
    account: Omit<Account, "revision">,
    password: string,
    endsItsSessions: boolean,
  ): Account {
    if (!checkAccountDirectory(account.directory).ok) {
      throw new Fault("bad-name", { about: account.directory });
    }
    const revision = ++this.#revision;
    const loginRevision = endsItsSessions ? revision : account.loginRevision;
    const stored = { ...account, revision, loginRevision };
    this.#accounts.set(account.name, { account: stored, password });
    return stored;
  }
}

function settled<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}
