// Storages opened a moment ago: the next session of the same account takes the same one.

import { accountRoot } from "./account_root.ts";
import { type AccountStorageWorld, openAccountStorage } from "./account_storage.ts";
import type { Account } from "./accounts/accounts.ts";
import type { Storage } from "./storage/storage.ts";

/**
 * So long a storage serves those who come: what was judged when it was opened (links on the way, who
 * may change the folders above) may change, and sessions that are there keep what they have anyway.
 */
const LIFE_MS = 1000;
/** As many accounts as log in within a second on one worker. */
const LIMIT_ENTRIES = 1000;

interface Opened {
  readonly storage: Storage;
  readonly revision: number;
  /** The root without links. */
  readonly root: string;
  readonly untilMs: number;
}

/** Opens storages for one worker, under settings that do not change. */
export class OpenedStorages {
  readonly #world: AccountStorageWorld;
  readonly #now: () => number;
  readonly #opened = new Map<string, Opened>();

  /** @param now the time, milliseconds; only differences count. */
  constructor(world: AccountStorageWorld, now: () => number = () => performance.now()) {
    this.#world = world;
    this.#now = now;
  }

  /** What an account sees; its root is made when missing. @throws as `openAccountStorage` does */
  async open(account: Account): Promise<Storage> {
    const { name, revision } = account;
    const path = accountRoot(this.#world.home, account);
    const known = this.#opened.get(name);
    // SECURITY: a root that is gone, or leads elsewhere now, is judged anew, however soon.
    if (
      known?.revision === revision && known.untilMs > this.#now() &&
      realPath(path) === known.root
    ) {
      return known.storage;
    }
    this.#opened.delete(name);
    const storage = await openAccountStorage(account, this.#world);
    const root = realPath(path);
    // Mounts that are not there are left out, and looked for at each login.
    if (root !== undefined && account.mounts.length === 0) {
      if (this.#opened.size >= LIMIT_ENTRIES) this.#opened.clear();
      this.#opened.set(name, { storage, revision, root, untilMs: this.#now() + LIFE_MS });
    }
    return storage;
  }
}

function realPath(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined; // it is gone, or leads nowhere: opening it tells why
  }
}
