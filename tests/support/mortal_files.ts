// The host's file system as a process sees it that dies at the n-th call that changes something.

import { type HostFiles, hostFiles } from "../../server/storage/host_files.ts";
import type { QuotaBooks } from "../../server/storage/quota_books.ts";
import { isAsync, LOOKING } from "./failing_files.ts";

/** What everything throws after the death. */
class Death extends Error {}

/** A process's world: from the moment of its death on it changes nothing, and its locks are gone. */
export class MortalFiles {
  readonly files: HostFiles = this.#watch(hostFiles);
  readonly #open = new Set<Disposable>();
  #callsLeft: number;
  readonly #when: "before" | "after";
  #isDead = false;

  /** It dies at the `n`-th call (1 is the next), before or after that did its work. */
  constructor(n: number, when: "before" | "after") {
    this.#callsLeft = n;
    this.#when = when;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** The books as this process writes them. */
  books(inner: QuotaBooks): QuotaBooks {
    return {
      of: (account, measure) => {
        const page = inner.of(account, measure);
        const alive = <T>(work: () => Promise<T>): Promise<T> =>
          this.#isDead ? Promise.reject(new Death()) : work();
        return {
          state: () => alive(() => page.state()),
          change: (step) => alive(() => page.change(step)),
          grow: (hold, growth) => alive(() => page.grow(hold, growth)),
          recount: () => alive(() => page.recount()),
        };
      },
    };
  }

  /** Ends it if it has not died; closes what the end of a process closes. */
  end(): void {
    this.#isDead = true;
    for (const each of this.#open) each[Symbol.dispose]();
    this.#open.clear();
  }

  #watch<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const member = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        const method = member.bind(target);
        if (name === Symbol.dispose) {
          return () => void (this.#open.delete(target as T & Disposable) && method());
        }
        if (typeof name === "symbol") return method;
        return (...given: unknown[]) => this.#call(name, () => method(...given));
      },
    });
  }

  #call(name: string, work: () => unknown): unknown {
    const counts = !LOOKING.has(name);
    const isLast = counts && --this.#callsLeft === 0;
    if (isLast && this.#when === "before") this.end();
    if (this.#isDead) {
      if (isAsync(name)) return Promise.reject(new Death());
      throw new Death();
    }
    const result = work();
    if (name === "openToWrite") {
      this.#open.add(result as Disposable);
      if (isLast) this.end();
      return this.#watch(result as object);
    }
    if (!isLast) return result;
    if (isAsync(name)) {
      return (result as Promise<unknown>).then(() => {
        this.end();
        throw new Death();
      });
    }
    this.end();
    throw new Death();
  }
}
