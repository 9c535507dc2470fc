// The one table from the host's errors to faults; host paths stay in the cause, for the log alone.

import { Fault, type FaultKind, isFault } from "../../shared/fault.ts";

/** What a host error means to a peer, by its code (errno names, the same on every host). */
const KINDS: Readonly<Record<string, FaultKind>> = {
  ENOENT: "not-found",
  ELOOP: "not-found",
  ENOTDIR: "not-a-directory",
  EISDIR: "is-a-directory",
  EEXIST: "exists",
  ENOTEMPTY: "not-empty",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied",
  ENAMETOOLONG: "bad-name",
  EILSEQ: "bad-name",
  EINVAL: "bad-name",
  ENOSPC: "no-space",
  EDQUOT: "no-space",
  EFBIG: "no-space",
  EXDEV: "unsupported",
  ENOSYS: "unsupported",
  ENOTSUP: "unsupported",
  EOPNOTSUPP: "unsupported",
  EBUSY: "busy",
  ETXTBSY: "busy",
  EAGAIN: "busy",
  EMFILE: "busy",
  ENFILE: "busy",
};

/**
 * The fault that a host error stands for; a fault stays what it is.
 *
 * @param about what to show the peer: a virtual path, never a host path.
 * @throws what it was given, when that is no error of the host but a bug of ours.
 */
export function hostFault(error: unknown, about: string): Fault {
  if (isFault(error)) return error;
  // The executable was not given this directory: to the peer it is out of bounds like any other.
  if (error instanceof Deno.errors.NotCapable) return new Fault("denied", { about, cause: error });
  const code = hostCode(error);
  if (code === undefined) throw error;
  return new Fault(KINDS[code] ?? "host-failure", { about, cause: error });
}

/** The errno name of a host error, e.g. `ENOENT`. */
export function hostCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Runs `work`; what the host throws in it becomes a fault about `path`. */
export async function asFaults<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw hostFault(error, path);
  }
}
