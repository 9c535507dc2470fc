// The thread behind link_swapper.ts: swaps a directory and a link under one name until it is told to stop.

import type { SwapOrder } from "./link_swapper.ts";

const BURST = 64;
const REST_MS = 0.3;

/** What a worker's own scope has; the types at hand are the main thread's. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<SwapOrder>) => void;
  postMessage(swaps: number): void;
};

scope.onmessage = ({ data: { name, directoryAside, linkAside, stop } }) => {
  const flag = new Int32Array(stop);
  let swaps = 0;
  for (; Atomics.load(flag, 0) === 0; swaps++) {
    Deno.renameSync(name, directoryAside);
    Deno.renameSync(linkAside, name);
    Deno.renameSync(name, linkAside);
    Deno.renameSync(directoryAside, name);
    // A rest now and then, so that honest requests get through as well.
    if (swaps % BURST === 0) Atomics.wait(flag, 0, 0, REST_MS);
  }
  scope.postMessage(swaps);
};
