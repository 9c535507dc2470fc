// What every session of one worker shares; built once, handed down.

import type { Log } from "../shared/log.ts";
import type { Account, Accounts } from "./accounts/accounts.ts";
import type { Charset } from "./charset.ts";
import { BanList } from "./runtime/ban_list.ts";
import { SessionList } from "./runtime/session_list.ts";
import { Registrations } from "./runtime/registrations.ts";
import type { PublicAddresses } from "./public_address.ts";
import type { SessionRegister } from "./runtime/session_register.ts";
import type { Membership } from "./membership.ts";
import type { ServerTls } from "./server_tls.ts";
import type { ServerSettings } from "./settings.ts";
import type { QuotaState } from "./storage/quota_books.ts";
import type { Storage } from "./storage/storage.ts";
import { Traffic } from "./traffic.ts";
import type { Xferlog } from "./xferlog.ts";

/** What all workers share while they run, and this thread's part in it. */
export interface RuntimeServices {
  /** All sessions, those of other workers too. */
  readonly register: SessionRegister;
  /** Who is there and what moves. */
  readonly sessions: SessionList;
  readonly bans: BanList;
  readonly registrations: Registrations;
  /** What moves in this thread. */
  readonly traffic: Traffic;
}

/** The world of a session. */
export interface Services extends RuntimeServices {
  /** As they are now: SIGHUP replaces them. */
  readonly settings: ServerSettings;
  readonly accounts: Accounts;
  readonly log: Log;
  /** `undefined` without `--xferlog`. */
  readonly xferlog?: Xferlog | undefined;
  /** What PASV tells. */
  readonly publicAddresses: PublicAddresses;
  /** What people do about their own accounts. */
  readonly membership: Membership;
  /** What an account has used as far as the books know; `undefined` for one without limits. */
  usageOf(account: string): QuotaState | undefined;
  /** What names are read in that are not UTF-8; `undefined` where such are refused. */
  readonly fallbackCharset: Charset | undefined;
  /** `undefined` with `--tls off`. */
  readonly tls: ServerTls | undefined;
  /** The files of an account; its root is made when missing. @throws Fault `host-failure` */
  openStorage(account: Account): Promise<Storage>;
}

/** The services that live in the register's store. */
export function runtimeServices(register: SessionRegister): RuntimeServices {
  const { database } = register;
  return {
    register,
    sessions: new SessionList(database),
    bans: new BanList(database),
    registrations: new Registrations(database),
    traffic: new Traffic(),
  };
}
