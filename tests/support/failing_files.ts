// The host's file system with a fault of one's choice at the n-th call that changes something.

import { type HostFiles, hostFiles } from "../../server/storage/host_files.ts";

/** Calls that only look; they are neither counted nor failed. */
export const LOOKING = new Set([
  "lstat",
  "realPath",
  "names",
  "namesNow",
  "openToRead",
  "readText",
  "stat",
  "read",
  "checkWritable",
  "tryLock",
  "space",
]);

/** Counts the calls that change something, and fails one of them. */
export class FailingFiles {
  /** Names of the calls so far, in order. */
  readonly calls: string[] = [];
  readonly files: HostFiles = this.#watch(hostFiles);
  #failAt = Infinity;
  #code = "";

  /** From now on the `n`-th call (1 is the next) fails with this errno name, once. */
  failAt(n: number, code: string): void {
    this.#failAt = this.calls.length + n;
    this.#code = code;
  }

  #watch<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const member = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        const method = member.bind(target);
        if (typeof name === "symbol" || LOOKING.has(name)) return method;
        return (...given: unknown[]) => {
          this.calls.push(name);
          if (this.calls.length === this.#failAt) {
            const error = Object.assign(new Error(`${name} fails`), { code: this.#code });
            if (isAsync(name)) return Promise.reject(error);
            throw error;
          }
          const result = method(...given);
          return name === "openToWrite" ? this.#watch(result) : result;
        };
      },
    });
  }
}

export function isAsync(name: string): boolean {
  return name === "append" || name === "sync" || name === "syncDirectory";
}
