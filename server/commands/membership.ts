// One's own account, under SITE: REGISTER, PASSWD, UNREGISTER; and INVITE for administrators.

import { isFault } from "../../shared/fault.ts";
import { type Parsed, parsed, unparsed } from "../../shared/parsed.ts";
import { parseQuotedWords } from "../../shared/quoted_words.ts";
import { type Reply, reply } from "../../shared/reply.ts";
import { Secret } from "../../shared/secret.ts";
import { checkAccountName, checkPassword } from "../accounts/account_rules.ts";
import type { Account } from "../accounts/accounts.ts";
import { type AnyCommand, command, type Grammar } from "../command.ts";
import { none } from "../grammar.ts";
import { countFailure } from "../login.ts";
import type { Session } from "../session.ts";
import { standingOf } from "../standing.ts";

/** So many words, those in brackets may be left out; each may be in double quotes. */
function words(...names: readonly string[]): Grammar<string[]> {
  const needed = names.filter((name) => !name.startsWith("[")).length;
  return {
    syntax: names.join(" "),
    parse(text = ""): Parsed<string[]> {
      const read = parseQuotedWords(text);
      if (!read.ok) return read;
      const count = read.value.length;
      return count >= needed && count <= names.length
        ? parsed(read.value)
        : unparsed("words are separated by blanks, or quoted");
    },
  };
}

const register = command({
  verb: "SITE REGISTER",
  grammar: words("<name>", "<password>", "[<invite>]"),
  login: "not-needed",
  confidential: true,
  feature: ({ services }) => services.settings.registration === "off" ? undefined : "SITE REGISTER",
  help: "Makes an account, where the server lets people do so.",
  source: "ours",
  run: ([name = "", password = "", invite], session) =>
    makeAccount(session, { name, password, invite }),
});

async function makeAccount(
  session: Session,
  asked: { readonly name: string; readonly password: string; readonly invite?: string | undefined },
): Promise<Reply> {
  const { services, peer, log } = session;
  const { registration, registrationsPerHour, defaultQuotaBytes } = services.settings;
  if (registration === "off") return reply(502, "Accounts are made by the operator here.");
  // SECURITY: a password of an account to be must not be read on its way, whatever --tls allows.
  if (session.protection.kind !== "tls" && !session.isLocal) {
    return reply(530, "Registration wants TLS: send AUTH TLS first.");
  }
  if (services.registrations.isTooMany(peer.address, registrationsPerHour)) {
    return reply(450, "Too many registrations from your address, try again later.");
  }
  const invite = registration === "open" ? undefined : asked.invite;
  if (registration === "invite" && !invite) return reply(530, "An invite is needed here.");
  const name = checkAccountName(asked.name);
  if (!name.ok) return reply(553, `This name cannot be used: ${name.why}.`);
  const password = checkPassword(asked.password);
  if (!password.ok) return reply(501, `This password cannot be used: ${password.why}.`);
  try {
    await services.membership.register({
      name: name.value,
      password: password.value,
      invite: invite === undefined ? undefined : new Secret(invite),
      quotaBytes: defaultQuotaBytes,
    });
  } catch (error) {
    if (isFault(error, "exists")) return reply(550, "That name exists already.");
    if (isFault(error, "denied")) return reply(530, "There is no such invite, or no more.");
    throw error;
  }
  log.write("info", "registered", { user: name.value });
  return reply(200, "Welcome; log in with USER and PASS.");
}

const passwd = command({
  verb: "SITE PASSWD",
  grammar: words("<old>", "<new>"),
  login: "needed",
  confidential: true,
  feature: (session) => isGuest(session) ? undefined : "SITE PASSWD",
  help: "Changes the account's password; its other sessions end.",
  source: "ours",
  async run([old = "", fresh = ""], session) {
    const owner = await proven(session, old);
    if (!owner.ok) return owner.reply;
    const password = checkPassword(fresh);
    if (!password.ok) return reply(501, `This password cannot be used: ${password.why}.`);
    const account = await session.services.membership.changePassword(owner.account, password.value);
    if (session.login.kind === "member") session.login = { ...session.login, account };
    session.log.write("info", "password changed", { user: account.name });
    return reply(200, "Changed.");
  },
});

const unregister = command({
  verb: "SITE UNREGISTER",
  grammar: words("<password>", "[PURGE]"),
  login: "needed",
  confidential: true,
  feature: (session) => isGuest(session) ? undefined : "SITE UNREGISTER",
  help: "Ends the account; its files are kept aside for 30 days, or deleted at once with PURGE.",
  source: "ours",
  async run([password = "", last], session) {
    if (last !== undefined && last.toUpperCase() !== "PURGE") {
      return reply(501, "Only PURGE can follow the password.");
    }
    const owner = await proven(session, password);
    if (!owner.ok) return owner.reply;
    session.leaveAccount();
    const outcome = await session.services.membership.leave(owner.account, last !== undefined);
    session.log.write("info", "unregistered", { user: owner.account.name, files: outcome });
    session.control.close("unregistered");
    return reply(221, `${FAREWELLS[outcome]} Goodbye.`);
  },
});

const FAREWELLS = {
  "set aside": "Your account is no more; the operator has your files for 30 days.",
  "purged": "Your account and your files are no more.",
  "left": "Your account is no more; its folder is not yours alone and stays.",
};

const invite = command({
  verb: "SITE INVITE",
  grammar: none,
  login: "needed",
  permission: "administer",
  confidential: true,
  feature: (session) => standingOf(session).isAdmin ? "SITE INVITE" : undefined,
  help: "Makes an invite for one registration within a week.",
  source: "ours",
  async run(_argument, session) {
    const code = await session.services.membership.invite();
    session.log.write("info", "invited");
    return reply(200, `Invite ${code.reveal()} is good for one registration within 7 days.`);
  },
});

type Proof =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly reply: Reply };

/** Whether who is logged in knows the password: somebody may have sat down at an open session. */
async function proven(session: Session, password: string): Promise<Proof> {
  const { login, services } = session;
  if (login.kind !== "member" || isGuest(session)) {
    return { ok: false, reply: reply(550, "A guest has no account.") };
  }
  const { name } = login.account;
  const verdict = await services.accounts.verify(name, new Secret(password), session.cameFrom);
  if (verdict.ok) return verdict;
  if (verdict.why === "wrong") return { ok: false, reply: await countFailure(session, name) };
  return { ok: false, reply: reply(550, "This account may not do that now.") };
}

/** Whether an account stands for whoever comes, and is nobody's own. */
function isGuest({ login }: Session): boolean {
  return login.kind === "member" && login.account.revision === 0;
}

/** The family's rows. */
export const membershipCommands: readonly AnyCommand[] = [register, passwd, unregister, invite];
