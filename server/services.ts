// What every session of one worker shares; built once, handed down.

import type { Log } from "../shared/log.ts";
import type { Account, Accounts } from "./accounts/accounts.ts";
import type { PublicAddresses } from "./public_address.ts";
import type { SessionRegister } from "./runtime/session_register.ts";
import type { ServerTls } from "./server_tls.ts";
import type { ServerSettings } from "./settings.ts";
import type { Storage } from "./storage/storage.ts";

/** The world of a session. */
export interface Services {
  /** As they are now: SIGHUP replaces them. */
  readonly settings: ServerSettings;
  readonly accounts: Accounts;
  readonly log: Log;
  /** All sessions, those of other workers too. */
  readonly register: SessionRegister;
  /** What PASV tells. */
  readonly publicAddresses: PublicAddresses;
  /** `undefined` with `--tls off`. */
  readonly tls: ServerTls | undefined;
  /** The files of an account; its root is made when missing. @throws Fault `host-failure` */
  openStorage(account: Account): Promise<Storage>;
}
