// A login judged: bans before and after, the password, the account's terms, its number of sessions.

import { pause } from "../shared/deadline.ts";
import { type Reply, reply } from "../shared/reply.ts";
import type { Secret } from "../shared/secret.ts";
import type { TermsRefusal } from "./accounts/login_terms.ts";
import { loginOrigin } from "./incoming.ts";
import type { Session } from "./session.ts";

/** 421 ends the session. */
const BANNED = reply(421, "Too many logins failed; try again later.");
const TOO_MANY = reply(421, "Too many sessions of this account; try again later.");

/** What a login is answered that does not succeed; all but the first are for those whose password was right. */
const REFUSALS: Record<"wrong" | TermsRefusal, Reply> = {
  wrong: reply(530, "Login incorrect."),
  disabled: reply(530, "This account is disabled."),
  expired: reply(530, "This account has expired."),
  network: reply(530, "This account may not log in from your address."),
  hours: reply(530, "This account may not log in at this time of day."),
};

/**
 * Logs in whom name and password prove. A failure is counted, and its answer takes the longer the
 * more there were.
 *
 * @throws Fault `limit-reached`; what opening the storage throws
 */
export async function logIn(session: Session, name: string, password: Secret): Promise<Reply> {
  const { services, log } = session;
  const from = loginOrigin(session);
  // SECURITY: not the name: people type passwords in its place.
  const refuse = (why: string, answer: Reply) => {
    log.write("warn", "login refused", { why });
    return answer;
  };
  const { accounts, bans, register } = services;
  if (bans.holds(from, name)) return refuse("banned", BANNED);
  let verdict = accounts.recognise(name, password, session.cameFrom);
  if (verdict === undefined) {
    verdict = await accounts.verify(name, password, session.cameFrom);
    // SECURITY: of many attempts made at once, those beyond the limit learn nothing from being right.
    if (bans.holds(from, name)) return refuse("banned", BANNED);
  }
  if (!verdict.ok && verdict.why === "wrong") {
    return refuse("wrong", await countFailure(session, name));
  }
  if (!verdict.ok) return refuse(verdict.why, REFUSALS[verdict.why]);
  const { account } = verdict;
  const storage = await services.openStorage(account);
  const hasSeat = register.database.transaction(() => {
    bans.succeeded(from.address, account.name);
    return session.seat.belongsTo(account.name, account.maxSessions);
  });
  if (!hasSeat) return refuse("max-sessions", TOO_MANY);
  session.login = { kind: "member", account, storage };
  log.write("info", "login", { user: account.name, tls: session.protection.kind === "tls" });
  return reply(230, "Logged in.");
}

/** Counts a wrong password, and answers when the time for that has come. */
export async function countFailure(session: Session, name: string): Promise<Reply> {
  const { services: { bans, settings }, closing, log } = session;
  const terms = { failures: settings.loginFailures, banMs: settings.banMs };
  const { delayMs, isBanned } = bans.failed(loginOrigin(session), name, terms);
  if (isBanned) log.write("warn", "banned");
  await pause(delayMs, closing);
  return isBanned ? BANNED : REFUSALS.wrong;
}
