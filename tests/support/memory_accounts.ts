// Accounts in memory: for tests of what needs some, and to show that the contract is no one backend's.

import {
  checkAccountDirectory,
  checkAccountName,
  nameKey,
} from "../../server/accounts/account_rules.ts";
import type {
  Account,
  AccountAdmin,
  AccountChange,
  Accounts,
  NewAccount,
  Verdict,
} from "../../server/accounts/accounts.ts";
import { Fault } from "../../shared/fault.ts";
import type { Secret } from "../../shared/secret.ts";

/** Accounts that live as long as this object. Passwords are compared as they are: no hash, no wait. */
export class MemoryAccounts implements Accounts, AccountAdmin {
  readonly #accounts = new Map<string, { account: Account; password: string }>();
  #revision = 0;

  verify(name: string, secret: Secret, _from: string): Promise<Verdict> {
    const found = this.#accounts.get(name.normalize("NFC"));
    if (found === undefined || found.password !== secret.reveal()) {
      return Promise.resolve({ ok: false, why: "wrong" });
    }
    const { account } = found;
    return Promise.resolve(
      account.enabled ? { ok: true, account } : { ok: false, why: "disabled" },
    );
  }

  find(name: string): Promise<Account | undefined> {
    return Promise.resolve(this.#accounts.get(name.normalize("NFC"))?.account);
  }

  add(wanted: NewAccount, secret: Secret): Promise<Account> {
    return settled(() => {
      const name = checkAccountName(wanted.name);
      if (!name.ok) throw new Fault("bad-name", { about: wanted.name });
      if ([...this.#accounts.keys()].some((other) => nameKey(other) === nameKey(name.value))) {
        throw new Fault("exists", { about: name.value });
      }
      const standard = {
        directory: name.value,
        readOnly: false,
        admin: false,
        enabled: true,
        quotaBytes: undefined,
        maxFiles: undefined,
        grants: [],
        mounts: [],
      };
      return this.#store({ ...standard, ...wanted, name: name.value }, secret.reveal());
    });
  }

  setPassword(name: string, secret: Secret): Promise<void> {
    return settled(() => {
      this.#store(this.#known(name).account, secret.reveal());
    });
  }

  update(name: string, change: AccountChange): Promise<Account> {
    return settled(() => {
      const { account, password } = this.#known(name);
      return this.#store({ ...account, ...change }, password);
    });
  }

  remove(name: string): Promise<void> {
    return settled(() => {
      this.#known(name);
      this.#accounts.delete(name);
    });
  }

  list(): Promise<Account[]> {
    const names = [...this.#accounts.keys()].sort();
    return settled(() => names.map((name) => this.#known(name).account));
  }

  #known(name: string) {
    const found = this.#accounts.get(name.normalize("NFC"));
    if (found === undefined) throw new Fault("not-found", { about: name });
    return found;
  }

  #store(account: Omit<Account, "revision">, password: string): Account {
    if (!checkAccountDirectory(account.directory).ok) {
      throw new Fault("bad-name", { about: account.directory });
    }
    const stored = { ...account, revision: ++this.#revision };
    this.#accounts.set(account.name, { account: stored, password });
    return stored;
  }
}

function settled<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}
