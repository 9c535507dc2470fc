// Waits that end: a promise, a limit in milliseconds, and what cancels the work behind it.

import { Fault } from "./fault.ts";

/** What a bounded wait does besides waiting. */
export interface DeadlineOptions {
  /** How long at most, milliseconds. */
  readonly limitMs: number;
  /** Ends the wait early with an `aborted` fault. */
  readonly signal?: AbortSignal;
  /** Stops the work itself (closes a socket, a listener) when the wait ends without it. */
  readonly cancel?: () => void;
}

/** Waits for work that has a limit of its own. @throws Fault `aborted` when the signal fires first */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => {
    work.catch(() => {});
    aborted.reject(new Fault("aborted", { cause: signal.reason }));
  };
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * Waits for `work`, at most `limitMs`.
 *
 * @throws Fault `timed-out` after the limit, `aborted` when the signal fires first; the work's own
 * later failure is then swallowed, since nobody waits for it any more.
 */
export async function within<T>(work: Promise<T>, options: DeadlineOptions): Promise<T> {
  const { limitMs, signal, cancel } = options;
  const stopped = Promise.withResolvers<never>();
  const stop = (fault: Fault) => {
    work.catch(() => {});
    cancel?.();
    stopped.reject(fault);
  };
  const onAbort = () => stop(new Fault("aborted", { cause: signal?.reason }));
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => stop(new Fault("timed-out")), limitMs);
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Lets time pass; less when the signal fires, which is no failure. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
