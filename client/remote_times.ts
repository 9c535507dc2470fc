// Setting a remote file's modification time, in whichever way the server knows.

import { formatTimeValue, wholeSecond } from "../shared/time_value.ts";
import { Refused } from "./failure.ts";
import { ask, type Peer } from "./peer.ts";

/**
 * MFMT (draft-somers-ftp-mfxx), else the older habit of MDTM with a time before the path, as vsftpd has it.
 *
 * @returns false where the server has no way, or may not.
 */
export async function setRemoteModified(
  peer: Peer,
  path: string,
  modifiedMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { setModified, modified } = peer.features;
  const verb = setModified ? "MFMT" : modified ? "MDTM" : undefined;
  if (verb === undefined) return false;
  const time = formatTimeValue(wholeSecond(modifiedMs));
  try {
    return await ask(peer, verb, `${time} ${path}`, { signal }) !== undefined;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
