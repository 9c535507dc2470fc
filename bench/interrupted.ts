// A run that is stopped half-way: no server goes on, and no gibibyte stays on the tmpfs.

const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];
/** The shells' own: 128 and the number of SIGINT. */
const EXIT_CODE = 130;
/** A server that ends may still make a file in a directory that is being removed. */
const REMOVAL_TRIES = 20;

/**
 * Ends the processes that this one started, removes the directory and exits, when a signal asks for it.
 *
 * @returns what no longer listens for signals, once disposed of.
 */
export function cleansUpWhenStopped(directory: string): Disposable {
  // At once and in one go: whatever waits here must not find out and complain.
  const stop = () => {
    const children = Deno.readTextFileSync(`/proc/${Deno.pid}/task/${Deno.pid}/children`);
    for (const pid of children.split(" ").filter(Boolean)) {
      try {
        Deno.kill(Number(pid), "SIGTERM");
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    if (!remove(directory)) console.error(`"${directory}" could not be removed`);
    Deno.exit(EXIT_CODE);
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, stop);
  return {
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) Deno.removeSignalListener(signal, stop);
    },
  };
}

function remove(directory: string): boolean {
  for (let tries = 0; tries < REMOVAL_TRIES; tries++) {
    try {
      Deno.removeSync(directory, { recursive: true });
      return true;
    } catch {
      // Not empty again.
    }
  }
  return false;
}
