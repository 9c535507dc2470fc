// What the gates of dispatch.ts look at: a session, reduced to the questions that decide.

import type { VirtualPath } from "../shared/virtual_path.ts";
import type { Account } from "./accounts/accounts.ts";
import type { Session } from "./session.ts";
import { isDataPrivate } from "./transfer.ts";

/** What the gates look at. */
export interface Standing {
  readonly directory: VirtualPath;
  /** Whether there is an address of the peer's own to count its failures by. */
  readonly isTraceable: boolean;
  /** Whether there is TLS. */
  readonly controlIsProtected: boolean;
  /** Whether policy lets this peer speak in clear, or there is TLS. */
  readonly controlMayCarrySecrets: boolean;
  /** Whether policy lets this peer move files in clear, or PROT P was said. */
  readonly dataMayCarryFiles: boolean;
  readonly loggedIn: boolean;
  readonly mayWrite: boolean;
  readonly isAdmin: boolean;
  /** Whether a transfer has not given its last reply. */
  readonly transferRuns: boolean;
}

/** What the gates look at, as it is now; whether a transfer runs is the control channel's to say. */
export function standingOf(session: Session): Omit<Standing, "transferRuns"> {
  const { login, protection, services } = session;
  const mayBeClear = services.settings.tls !== "required" || session.isLocal;
  return {
    directory: session.directory,
    isTraceable: session.known !== "untold",
    controlIsProtected: protection.kind === "tls",
    controlMayCarrySecrets: mayBeClear || protection.kind === "tls",
    dataMayCarryFiles: mayBeClear || isDataPrivate(session),
    loggedIn: login.kind === "member",
    mayWrite: login.kind === "member" && mayWriteSomewhere(login.account),
    isAdmin: login.kind === "member" && login.account.admin,
  };
}

/** Where exactly, storage knows. */
function mayWriteSomewhere({ readOnly, grants }: Account): boolean {
  return !readOnly || grants.some(({ rights }) => rights.includes("w"));
}
