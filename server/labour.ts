// Work that takes its time without a data connection: STAT tells of it, ABOR and the session's end stop it.

import { Fault } from "../shared/fault.ts";
import type { VirtualPath } from "../shared/virtual_path.ts";
import type { Session } from "./session.ts";

/** Long work while it runs. */
export interface Labour {
  readonly verb: string;
  readonly path: VirtualPath;
  /** Aborting it stops the work; the command itself then says 426. */
  readonly abort: AbortController;
}

/**
 * Runs the work of a command that takes long, or of a transfer before its 150; the peer is heard meanwhile.
 *
 * @throws Fault `aborted` once the signal fired, whatever the work made of it; else as the work does.
 */
export async function labour<T>(
  session: Session,
  { verb, path }: Pick<Labour, "verb" | "path">,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, session.closing]);
  session.labour = { verb, path, abort };
  session.control.listen();
  try {
    const result = await work(signal);
    if (signal.aborted) throw new Fault("aborted", { cause: signal.reason });
    return result;
  } finally {
    session.labour = undefined;
  }
}
