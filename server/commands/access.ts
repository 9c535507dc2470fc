// Who is speaking: USER, PASS, REIN, QUIT.

import { type Reply, reply } from "../../shared/reply.ts";
import type { Secret } from "../../shared/secret.ts";
import { isAnonymous, logInAnonymously } from "../anonymous.ts";
import { type AnyCommand, command } from "../command.ts";
import { none, secret, text } from "../grammar.ts";
import { logIn } from "../login.ts";
import type { Session } from "../session.ts";
import { secured, STRANGER } from "../session_state.ts";

const user = command({
  verb: "USER",
  grammar: text("<name>"),
  login: "not-needed",
  confidential: true,
  help: "Says who logs in; the password follows.",
  source: "RFC 959, 4.1.1",
  run(name, session) {
    // SECURITY: the same answer for every name, so that none can be found out.
    session.leaveAccount();
    session.login = { kind: "named", name };
    return reply(331, "Password, please.");
  },
});

const pass = command({
  verb: "PASS",
  grammar: secret,
  login: "not-needed",
  confidential: true,
  help: "Proves who logs in.",
  source: "RFC 959, 4.1.1",
  run: prove,
});

async function prove(password: Secret, session: Session): Promise<Reply> {
  const { login, services } = session;
  if (login.kind !== "named") return reply(503, "Send USER first.");
  // One password a USER: a failure starts over.
  session.login = STRANGER;
  return isAnonymous(login.name, services.settings)
    ? await logInAnonymously(session)
    : await logIn(session, login.name, password);
}

const reinitialise = command({
  verb: "REIN",
  grammar: none,
  login: "not-needed",
  help: "Logs out; the connection, and TLS where there is, stay.",
  source: "RFC 959, 4.1.1; RFC 4217, 11",
  run(_argument, session) {
    session.reset();
    if (session.protection.kind === "tls") session.protection = secured();
    return reply(220, "Ready for a new login.");
  },
});

const quit = command({
  verb: "QUIT",
  grammar: none,
  login: "not-needed",
  lastOfItsStream: true,
  help: "Ends the session, after a transfer that still runs.",
  source: "RFC 959, 4.1.1",
  run(_argument, session) {
    session.control.close("quit");
    return reply(221, "Goodbye.");
  },
});

const account = command({
  verb: "ACCT",
  grammar: text("<account>"),
  login: "not-needed",
  confidential: true,
  refusal: "Accounts need no further proof than a password here.",
  help: "Names an account to be charged.",
  source: "RFC 959, 4.1.1",
  run: () => reply(502, "Not done here."),
});

/** The family's rows. */
export const accessCommands: readonly AnyCommand[] = [user, pass, reinitialise, quit, account];
