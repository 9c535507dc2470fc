// Swaps a directory and a link under one name, as fast as another thread can, while a test runs.

/** What the thread is told: host paths, and a flag that is 1 when it shall stop. */
export interface SwapOrder {
  /** The name whose meaning changes. */
  readonly name: string;
  /** Where the directory waits while the link has the name. */
  readonly directoryAside: string;
  /** Where the link waits while the directory has the name. */
  readonly linkAside: string;
  readonly stop: SharedArrayBuffer;
}

/** Swaps until it is stopped or disposed of. */
export class LinkSwapper implements Disposable {
  readonly #worker = new Worker(new URL("link_swapping_worker.ts", import.meta.url), {
    type: "module",
  });
  readonly #flag = new Int32Array(new SharedArrayBuffer(4));

  constructor(order: Omit<SwapOrder, "stop">) {
    this.#worker.postMessage({ ...order, stop: this.#flag.buffer });
  }

  /** @returns how often the name led to the link. */
  stop(): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#worker.onmessage = ({ data }) => resolve(data);
    this.#worker.onerror = (event) => reject(new Error(event.message));
    Atomics.store(this.#flag, 0, 1);
    return promise;
  }

  [Symbol.dispose](): void {
    Atomics.store(this.#flag, 0, 1);
    this.#worker.terminate();
  }
}
