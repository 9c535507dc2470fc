// A run that is stopped half-way: no server goes on, and no gibibyte stays on the tmpfs.

import { childrenOf } from "./process_cost.ts";

const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];
/** The shells' own: 128 and the signal's number. */
const EXIT_CODE = 130;

/**
 * Ends the processes that this one started, removes the directory and exits, when a signal asks for it.
 *
 * @returns what no longer listens for signals, once disposed of.
 */
export function cleansUpWhenStopped(directory: string): Disposable {
  const stop = async () => {
    for (const pid of await childrenOf(Deno.pid)) {
      try {
        Deno.kill(pid, "SIGTERM");
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    await Deno.remove(directory, { recursive: true }).catch(() => {
      console.error(`"${directory}" could not be removed`);
    });
    Deno.exit(EXIT_CODE);
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, stop);
  return {
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) Deno.removeSignalListener(signal, stop);
    },
  };
}
