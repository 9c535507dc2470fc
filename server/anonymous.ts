// Logins without an account: `anonymous` and `ftp`, with any password, in HOME/pub.

import { type Reply, reply } from "../shared/reply.ts";
import { type Account, STANDARD_ACCOUNT } from "./accounts/accounts.ts";
import { ANONYMOUS_DIRECTORY } from "./data_directory.ts";
import type { Session } from "./session.ts";
import type { ServerSettings } from "./settings.ts";
import { GuestStorage } from "./storage/guest_storage.ts";

/** The account's name in logs, whichever name was given. */
export const ANONYMOUS = "anonymous";

/** Whether this name logs in without an account; no account can be called so. */
export function isAnonymous(name: string, settings: Pick<ServerSettings, "anonymous">): boolean {
  return settings.anonymous !== "off" && /^(anonymous|ftp)$/i.test(name);
}

/**
 * Logs a stranger in.
 *
 * SECURITY: by custom the password is an address of the person's; it is neither looked at nor kept.
 */
export async function logInAnonymously(session: Session): Promise<Reply> {
  const { services, log, protection } = session;
  const mayAdd = services.settings.anonymous === "write";
  const account = anonymousAccount(!mayAdd);
  const storage = await services.openStorage(account);
  session.login = {
    kind: "member",
    account,
    storage: mayAdd ? new GuestStorage(storage) : storage,
  };
  log.write("info", "login", { user: account.name, tls: protection.kind === "tls" });
  return reply(230, mayAdd ? "Logged in, to read and to add files." : "Logged in, to read files.");
}

function anonymousAccount(readOnly: boolean): Account {
  return {
    ...STANDARD_ACCOUNT,
    name: ANONYMOUS,
    directory: ANONYMOUS_DIRECTORY,
    readOnly,
    revision: 0,
    loginRevision: 0,
  };
}
