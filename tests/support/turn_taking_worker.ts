// A worker that adds one to a shared number so many times, each time in its turn and not atomically.

/// <reference lib="deno.worker" />

import { WriteTurn } from "../../server/runtime/write_turn.ts";

/** So that a machine which is busy elsewhere lets nobody in out of turn. */
const PATIENCE_MS = 60_000;

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = (
  { data }: MessageEvent<{ turn: SharedArrayBuffer; count: SharedArrayBuffer; times: number }>,
) => {
  const turn = new WriteTurn(data.turn, PATIENCE_MS);
  const count = new Int32Array(data.count);
  for (let done = 0; done < data.times; done++) {
    turn.take(() => {
      const before = count[0] ?? 0;
      // Long enough for another thread to come in between, were it not kept out.
      for (let spin = 0; spin < 2000; spin++) Atomics.load(count, 0);
      count[0] = before + 1;
    });
  }
  self.postMessage("done");
};

self.postMessage("ready");
